import { emailSchema } from '../../shared/email.ts';
import {
  GRANT_TYPES,
  passwordGrantSchema,
  refreshGrantSchema,
  type GrantType,
  type TokenResponse,
} from '../../shared/oauth.ts';
import type { Client } from '../clients/client.ts';
import type { Deps } from '../flows/deps.ts';
import type { IssuedTokens } from '../flows/issue-tokens.ts';
import { refreshSession } from '../flows/refresh-session.ts';
import { reportSignIn } from '../flows/report.ts';
import { signIn } from '../flows/sign-in.ts';
import { Failure } from '../lib/failure.ts';
import { requireClient } from './client-authentication.ts';
import type { OAuthRequest, OAuthResponse } from './exchange.ts';
import { readForm, type Form } from './form.ts';
import { OAuthError } from './oauth-error.ts';
import { readParameters } from './parameters.ts';

/** What every grant needs beside its own parameters. */
interface Asking {
  request: OAuthRequest;
  client: Client;
}

/** RFC 6749 §3.2: trades a grant for tokens. */
export async function answerToken(deps: Deps, request: OAuthRequest): Promise<OAuthResponse> {
  const form = readForm(request);
  const client = await requireClient(deps, request, form);
  const grantType = requireGrantType(deps, form, client);
  const tokens = await GRANTS[grantType](deps, form, { request, client });
  return { status: 200, body: toTokenResponse(tokens, client) };
}

const GRANTS = { password: tradePassword, refresh_token: tradeRefreshToken } satisfies Record<
  GrantType,
  (deps: Deps, form: Form, asking: Asking) => Promise<IssuedTokens>
>;

/** RFC 6749 §5.2. */
function requireGrantType(deps: Deps, form: Form, client: Client): GrantType {
  const named = form['grant_type'];
  if (named === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
  const grantType = offeredGrants(deps).find((offered) => offered === named);
  if (!grantType) throw new OAuthError('unsupported_grant_type', 'this grant type is not offered here');
  if (!client.grants.includes(grantType))
    throw new OAuthError('unauthorized_client', 'this client may not use this grant type');
  return grantType;
}

/** Grant types that anybody may be given here: RFC 9700 §2.4 wants the password grant gone, so it can be. */
export function offeredGrants({ passwordGrant }: Pick<Deps, 'passwordGrant'>): GrantType[] {
  return GRANT_TYPES.filter((grant) => grant !== 'password' || passwordGrant);
}

/**
 * Thumbprint of the key that the client proves to hold (RFC 9449 §5); undefined: it proves none. Only for a request that
 * is whole, and counted by address: a signature costs us more than it costs a stranger to ask for it.
 */
async function proveKey(
  { dpop, limits }: Deps,
  { proof, path, origin }: OAuthRequest,
): Promise<string | undefined> {
  if (proof === undefined) return undefined;
  await limits.proofFrom(origin.ip);
  return (await dpop.verify({ proof, method: 'POST', path })).jkt;
}

/** RFC 6749 §4.3. The same sign-in as everywhere: its limits, its delays and its one answer to whatever was wrong. */
async function tradePassword(deps: Deps, form: Form, { request, client }: Asking): Promise<IssuedTokens> {
  const { username, password, scope } = readParameters(passwordGrantSchema, form);
  const jkt = await proveKey(deps, request);
  const email = emailSchema.safeParse(username);
  if (!email.success) {
    // No account has such a name, and whoever sent it knows that it is no address. It counts as an attempt all the same.
    return reportSignIn(deps, async () => {
      await deps.limits.beginGuess({ address: request.origin.ip, email: username, deviceHash: undefined });
      throw new Failure('invalid_credentials');
    });
  }
  return signIn(deps, {
    email: email.data,
    password,
    start: { scope, origin: request.origin, client, jkt },
  });
}

/** RFC 6749 §6. */
async function tradeRefreshToken(deps: Deps, form: Form, { request, client }: Asking): Promise<IssuedTokens> {
  const { refresh_token: token, scope } = readParameters(refreshGrantSchema, form);
  const jkt = await proveKey(deps, request);
  return refreshSession(deps, { token, origin: request.origin, client, scope, jkt });
}

function toTokenResponse(
  { accessToken, tokenType, expiresIn, refreshToken, scope }: IssuedTokens,
  client: Client,
): TokenResponse {
  return {
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresIn,
    ...(client.grants.includes('refresh_token') && { refresh_token: refreshToken }),
    scope,
  };
}
