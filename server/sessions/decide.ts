import { LAST_GENERATION } from './refresh-token.ts';
import { retiredAt, type Retired } from './retired.ts';

/** What the decision needs of a session's row. Times are milliseconds since the epoch. */
export interface SessionState {
  generation: number;
  retired: Retired;
  createdAt: number;
  rotatedAt: number;
  revokedAt: number | null;
  /** Over at this time in any case; null: when the limits say. */
  endsAt: number | null;
}

/** Milliseconds. */
export interface SessionLimits {
  refreshGrace: number;
  sessionIdleTtl: number;
  sessionMaxTtl: number;
}

/**
 * - `rotate`: the current token; replace it.
 * - `replay`: it was current a moment ago, so its successor may never have arrived; hand that out again.
 * - `reuse`: it was replaced long ago and its successor used since; one of two holders is a thief.
 * - `expired`, `revoked`: the session is over.
 * - `unknown`: newer than the row, as after a restored backup; refuse, and punish nobody.
 */
export type RefreshDecision = 'rotate' | 'replay' | 'reuse' | 'expired' | 'revoked' | 'unknown';

/** When it is over if it is not used again; milliseconds since the epoch. */
export function endOf(
  { createdAt, rotatedAt, endsAt }: Pick<SessionState, 'createdAt' | 'rotatedAt' | 'endsAt'>,
  { sessionIdleTtl, sessionMaxTtl }: SessionLimits,
): number {
  return Math.min(rotatedAt + sessionIdleTtl, createdAt + sessionMaxTtl, endsAt ?? Infinity);
}

/** Whether it goes on: its current refresh token can still be used, or it needs none yet. */
export function isLive(
  { revokedAt, ...session }: Omit<SessionState, 'generation' | 'retired'>,
  { now, limits }: { now: number; limits: SessionLimits },
): boolean {
  return revokedAt === null && now < endOf(session, limits);
}

/** The heart of refreshing, as a pure function. `generation` comes from a token whose tag is genuine. */
export function decideRefresh(
  session: SessionState,
  generation: number,
  { now, limits }: { now: number; limits: SessionLimits },
): RefreshDecision {
  if (session.revokedAt !== null) return 'revoked';
  if (generation > session.generation) return 'unknown';
  if (!isLive(session, { now, limits })) return 'expired';
  if (generation === session.generation) return generation === LAST_GENERATION ? 'expired' : 'rotate';
  const replacedAt = retiredAt(session.retired, generation);
  return replacedAt !== undefined && now - replacedAt < limits.refreshGrace ? 'replay' : 'reuse';
}
