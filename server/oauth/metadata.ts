import { ALL_SCOPES } from '../../shared/scopes.ts';
import type { Deps } from '../flows/deps.ts';
import { CLIENT_AUTHENTICATION } from './client-authentication.ts';
import { offeredGrants } from './token-endpoint.ts';

/**
 * RFC 8414 §2. `response_types_supported` is required there, and there is no authorization endpoint to ask for any:
 * `none` (OAuth 2.0 Multiple Response Type Encoding Practices §4) is what strict clients accept for that.
 */
export function describeServer({ publicUrl, ...deps }: Pick<Deps, 'publicUrl' | 'passwordGrant' | 'dpop'>) {
  const confidential = CLIENT_AUTHENTICATION.filter((method) => method !== 'none');
  return {
    issuer: publicUrl,
    token_endpoint: `${publicUrl}/oauth/token`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    introspection_endpoint: `${publicUrl}/oauth/introspect`,
    userinfo_endpoint: `${publicUrl}/oauth/userinfo`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    service_documentation: `${publicUrl}/docs`,
    scopes_supported: ALL_SCOPES,
    response_types_supported: ['none'],
    grant_types_supported: offeredGrants(deps),
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    introspection_endpoint_auth_methods_supported: confidential,
    dpop_signing_alg_values_supported: deps.dpop.algorithms,
  };
}
