import { Failure } from '../lib/failure.ts';
import { challengeOf, type Scheme } from '../oauth/challenge.ts';

/** What the status alone cannot say: how to authenticate (RFC 6750 §3), and when to come back (RFC 9110 §10.2.3). */
export function failureHeaders(errors: readonly Error[], scheme: Scheme): Record<string, string> {
  const failures = errors.map(({ cause }) => cause).filter((cause) => cause instanceof Failure);
  const waits = failures.map(({ retryAfter }) => retryAfter ?? 0);
  const challenge = failures
    .map((failure) => challengeOf(failure, scheme))
    .find((text) => text !== undefined);
  return {
    ...(Math.max(0, ...waits) > 0 && { 'Retry-After': String(Math.max(...waits)) }),
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
  };
}
