import type { EndReason, Issue, Reason } from '../../shared/reasons.ts';

export interface FailureOptions {
  /** Seconds until another attempt is worth while; with `throttled` and `busy`. */
  retryAfter?: number;
  issues?: Issue[];
  /** With `session_revoked`. */
  ended?: EndReason | undefined;
  cause?: unknown;
}

/**
 * An outcome that the caller is meant to see: a reason of the closed union, and no detail beyond it. Anything
 * else that is thrown becomes an opaque `internal` with a request id.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly reason: Reason;
  readonly retryAfter: number | undefined;
  readonly issues: Issue[] | undefined;
  readonly ended: EndReason | undefined;

  constructor(reason: Reason, options: FailureOptions = {}) {
    super(reason, { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter;
    this.issues = options.issues;
    this.ended = options.ended;
  }
}
