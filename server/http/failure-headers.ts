import { Failure } from '../lib/failure.ts';

/** What the status alone cannot say: how to authenticate (RFC 6750 §3), and when to come back (RFC 9110 §10.2.3). */
export function failureHeaders(errors: readonly Error[]): Record<string, string> {
  const failures = errors.map(({ cause }) => cause).filter((cause) => cause instanceof Failure);
  const waits = failures.map(({ retryAfter }) => retryAfter ?? 0);
  const challenge = failures.map(challengeOf).find((text) => text !== undefined);
  return {
    ...(Math.max(0, ...waits) > 0 && { 'Retry-After': String(Math.max(...waits)) }),
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
  };
}

function challengeOf({ reason }: Failure): string | undefined {
  switch (reason) {
    case 'token_missing':
      return 'Bearer';
    case 'token_invalid':
    case 'token_expired':
    case 'session_revoked':
      return 'Bearer error="invalid_token"';
    case 'insufficient_scope':
      return 'Bearer error="insufficient_scope"';
    default:
      return undefined;
  }
}
