import { tokenFormSchema } from '../../shared/oauth.ts';
import type { Deps } from '../flows/deps.ts';
import { introspectToken } from '../flows/introspect-token.ts';
import { revokeToken } from '../flows/revoke-token.ts';
import { requireClient, requireConfidentialClient } from './client-authentication.ts';
import type { OAuthRequest, OAuthResponse } from './exchange.ts';
import { readForm } from './form.ts';
import { readParameters } from './parameters.ts';

/** RFC 7009. `token_type_hint` is not needed: the kinds of token differ in form, so a wrong hint changes nothing. */
export async function answerRevocation(deps: Deps, request: OAuthRequest): Promise<OAuthResponse> {
  const form = readForm(request);
  const client = await requireClient(deps, request, form);
  const { token } = readParameters(tokenFormSchema, form);
  await deps.limits.refreshFrom(request.origin.ip);
  await revokeToken(deps, { token, client, origin: request.origin });
  return { status: 200, body: {} };
}

/** RFC 7662. */
export async function answerIntrospection(deps: Deps, request: OAuthRequest): Promise<OAuthResponse> {
  const form = readForm(request);
  const client = await requireConfidentialClient(deps, request, form);
  const { token } = readParameters(tokenFormSchema, form);
  return { status: 200, body: await introspectToken(deps, { token, client }) };
}
