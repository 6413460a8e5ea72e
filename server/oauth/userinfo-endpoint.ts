import type { Scope } from '../../shared/scopes.ts';
import { authenticate, type CallerSession } from '../flows/authenticate.ts';
import type { Deps } from '../flows/deps.ts';
import { readUserinfo } from '../flows/read-userinfo.ts';
import { Failure } from '../lib/failure.ts';
import { challengeOf, schemeOf } from './challenge.ts';
import type { OAuthRequest, OAuthResponse } from './exchange.ts';
import { OAuthError, toResponse } from './oauth-error.ts';

const SCOPE: Scope = 'profile:read';

/** The same for every token that is worth nothing: in which way it is not, is nobody's business. */
const WORDS = 'expected a valid access token';

/** The subject's own claims. A protected resource like any other: it answers as RFC 6750 §3 says. */
export async function answerUserinfo(deps: Deps, request: OAuthRequest): Promise<OAuthResponse> {
  if (request.tokenMethods > 1)
    throw new OAuthError('invalid_request', 'the token came in more than one way', {
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_request"' },
    });
  try {
    const session = await requireScope(deps, request);
    return { status: 200, body: await readUserinfo(deps, session) };
  } catch (error) {
    const answer = error instanceof Failure ? toBearerAnswer(deps, request, error) : undefined;
    if (!answer) throw error;
    return answer;
  }
}

async function requireScope(deps: Deps, { credentials }: OAuthRequest): Promise<CallerSession> {
  const session = await authenticate(deps, credentials);
  if (!session.scopes.includes(SCOPE)) throw new Failure('insufficient_scope', { scope: SCOPE });
  return session;
}

/** RFC 6750 §3.1: to whoever came without a token, nothing is said of errors. Undefined for what is no fault of the token. */
function toBearerAnswer(
  deps: Deps,
  { credentials }: OAuthRequest,
  failure: Failure,
): OAuthResponse | undefined {
  const challenge = challengeOf(failure, schemeOf(credentials, deps));
  if (challenge === undefined) return undefined;
  const headers = { 'WWW-Authenticate': challenge };
  if (failure.reason === 'token_missing') return { status: 401, headers, body: {} };
  return failure.reason === 'insufficient_scope'
    ? toResponse(
        new OAuthError('insufficient_scope', `expected the scope ${SCOPE}`, { status: 403, headers }),
      )
    : toResponse(new OAuthError(failure.dpop ?? 'invalid_token', WORDS, { status: 401, headers }));
}
