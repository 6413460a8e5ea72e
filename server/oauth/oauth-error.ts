import type { OAuthErrorCode } from '../../shared/oauth.ts';
import type { Reason } from '../../shared/reasons.ts';
import { Failure } from '../lib/failure.ts';
import type { OAuthResponse } from './exchange.ts';

/** RFC 6749 §5.2: always 400, but for a client that is not who it says. */
const STATUSES: Partial<Record<OAuthErrorCode, number>> = {
  invalid_client: 401,
  temporarily_unavailable: 503,
  server_error: 500,
};

export interface OAuthErrorOptions {
  status?: number;
  headers?: Record<string, string>;
}

/** An outcome that the client is meant to see: `description` is for its developer, in ASCII (RFC 6749 §5.2). */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(code: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(description);
    this.code = code;
    this.status = options.status ?? STATUSES[code] ?? 400;
    this.headers = options.headers ?? {};
  }
}

export function toResponse({ code, message, status, headers }: OAuthError): OAuthResponse {
  return { status, headers, body: { error: code, error_description: message } };
}

/** Total: a new reason does not compile until it has its place among the errors of RFC 6749 §5.2. */
const ERRORS: Record<Reason, [OAuthErrorCode, string, status?: number]> = {
  validation: ['invalid_request', 'the request is not valid'],
  invalid_credentials: ['invalid_grant', 'the username or the password is wrong'],
  token_missing: ['invalid_grant', 'there is no token'],
  token_invalid: ['invalid_grant', 'the token is not valid, or not of this client'],
  token_expired: ['invalid_grant', 'the token has expired'],
  session_revoked: ['invalid_grant', 'the session has ended'],
  insufficient_scope: ['invalid_scope', 'this cannot be granted'],
  not_found: ['invalid_request', 'there is nothing here', 404],
  conflict: ['invalid_request', 'the request is not valid'],
  throttled: ['temporarily_unavailable', 'too many attempts; try again later', 429],
  busy: ['temporarily_unavailable', 'the server is busy; try again soon'],
  weak_password: ['invalid_grant', 'the username or the password is wrong'],
  email_unverified: ['invalid_grant', 'the e-mail address has not been confirmed'],
  step_up_required: ['invalid_grant', 'more than a password is needed'],
  forbidden_origin: ['invalid_request', 'calls from this site are not allowed', 403],
  internal: ['server_error', 'something went wrong on our side'],
};

/** In the words of OAuth. Undefined for what nobody meant to tell. */
export function toOAuthError(error: unknown): OAuthError | undefined {
  if (error instanceof OAuthError) return error;
  if (!(error instanceof Failure)) return undefined;
  const { reason, retryAfter, issues, dpop } = error;
  if (dpop) return new OAuthError(dpop, DPOP_WORDS[dpop]);
  if (reason === 'validation' && issues?.some(({ path }) => path[0] === 'scope'))
    return new OAuthError('invalid_scope', 'none of this, or not all of it, can be granted');
  const [code, description, status] = ERRORS[reason];
  const headers = retryAfter === undefined ? undefined : { 'Retry-After': String(retryAfter) };
  return new OAuthError(code, description, { ...(status && { status }), ...(headers && { headers }) });
}

/** RFC 9449 §5, §8. */
const DPOP_WORDS = {
  invalid_dpop_proof: 'the DPoP proof is not valid',
  use_dpop_nonce: 'the DPoP proof must carry the nonce of the header DPoP-Nonce',
} as const;
