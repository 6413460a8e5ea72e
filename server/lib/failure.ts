import type { EndReason, Issue, Reason } from '../../shared/reasons.ts';

/** RFC 9449 §5, §7.1, §8. */
export type DpopError = 'invalid_dpop_proof' | 'use_dpop_nonce';

export interface FailureOptions {
  /** Seconds until another attempt is worth while; with `throttled` and `busy`. */
  retryAfter?: number;
  issues?: Issue[];
  /** With `insufficient_scope`: what the token would have to hold. */
  scope?: string;
  /** Of a caller that proves a key, or should (RFC 9449): what its challenge says. */
  dpop?: DpopError;
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
  readonly scope: string | undefined;
  readonly dpop: DpopError | undefined;
  readonly ended: EndReason | undefined;

  constructor(reason: Reason, options: FailureOptions = {}) {
    super(reason, { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter;
    this.issues = options.issues;
    this.scope = options.scope;
    this.dpop = options.dpop;
    this.ended = options.ended;
  }
}
