import type { EndReason, Issue, Reason } from '../../shared/reasons.ts';
import { isEndReason } from './session/end-reason.ts';
import { SessionChanged } from './session/session-changed.ts';
import { isRecord } from './is-record.ts';
import { isReason } from './reason-words.ts';

/**
 * Why a call failed. `unreachable`: no answer that could be read; it may or may not have been carried out.
 * `superseded`: somebody else is signed in by now, or nobody.
 */
export interface Failure {
  reason: Reason | 'unreachable' | 'superseded';
  /** Seconds. */
  retryAfter?: number | undefined;
  /** Comes with `session_revoked`, when the server says why. */
  ended?: EndReason | undefined;
  issues: Issue[];
}

/**
 * Reads whatever a call threw. By hand and not with the shared schema, which would cost the first page as much
 * again as everything else here.
 */
export function readFailure(error: unknown): Failure {
  if (isSuperseded(error)) return { reason: 'superseded', issues: [] };
  const data = isRecord(error) ? error['data'] : undefined;
  if (!isRecord(data) || !isReason(data['reason'])) return { reason: 'unreachable', issues: [] };
  const { reason, retryAfter, ended, issues } = data;
  return {
    reason,
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
    ended: isEndReason(ended) ? ended : undefined,
    issues: Array.isArray(issues) ? issues.filter(isIssue) : [],
  };
}

/** tRPC wraps what a link has thrown. */
function isSuperseded(error: unknown): boolean {
  return error instanceof Error && (error instanceof SessionChanged || error.cause instanceof SessionChanged);
}

function isIssue(value: unknown): value is Issue {
  return isRecord(value) && Array.isArray(value['path']) && typeof value['message'] === 'string';
}

/** Refusals of the token itself: the server has not carried anything out, so the call may be sent again. */
const TOKEN_REFUSALS: readonly Failure['reason'][] = ['token_missing', 'token_invalid', 'token_expired'];

export function isTokenRefusal({ reason }: Failure): boolean {
  return TOKEN_REFUSALS.includes(reason);
}
