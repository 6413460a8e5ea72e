import { Failure } from '../lib/failure.ts';

/** `wait` in milliseconds; the caller is told whole seconds, never too few. */
export function throttled(wait: number): Failure {
  return new Failure('throttled', { retryAfter: Math.max(1, Math.ceil(wait / 1000)) });
}
