import { findAccount } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';
import { decideRefresh } from '../sessions/decide.ts';
import {
  findSession,
  revokeSession,
  rotateSession,
  touchSession,
  type Origin,
  type Session,
} from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { findPresentedSession } from './find-presented-session.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';

/** A loser of the race reads what the winner wrote and decides again; it can lose only once. */
const MAX_DECISIONS = 3;

export interface Refresh {
  token: string | undefined;
  origin: Origin;
}

/**
 * Exchanges a refresh token for the session's next one. Fails with `token_missing`, `token_invalid`,
 * `token_expired`, `session_revoked` or `throttled`.
 */
export async function refreshSession(deps: Deps, { token, origin }: Refresh): Promise<IssuedTokens> {
  await deps.limits.refreshFrom(origin.ip);
  if (token === undefined) throw new Failure('token_missing');
  const presented = await findPresentedSession(deps.db, deps, token);
  if (!presented) throw new Failure('token_invalid');
  const { session, generation } = presented;
  await deps.limits.refreshOf(session.id);
  const account = await findAccount(deps.db, session.accountId);
  if (!account || account.disabled_at !== null) throw new Failure('session_revoked');
  const current = await advance(deps, session, { generation, origin });
  return issueTokens(deps, current, account);
}

/** Carries out the decision until it holds; returns the session whose current token the caller may have. */
async function advance(
  deps: Pick<Deps, 'db' | 'clock' | 'sessionLimits' | 'revocations' | 'log'>,
  presented: Session,
  { generation, origin }: { generation: number; origin: Origin },
): Promise<Session> {
  const { db, clock, sessionLimits } = deps;
  let session: Session | undefined = presented;
  for (let attempt = 0; session && attempt < MAX_DECISIONS; attempt += 1) {
    const now = clock.now();
    switch (decideRefresh(session, generation, { now, limits: sessionLimits })) {
      case 'rotate': {
        const rotated = await rotateSession(db, session, { now, grace: sessionLimits.refreshGrace, origin });
        if (rotated) return rotated;
        session = await findSession(db, session.id);
        break;
      }
      case 'replay': {
        const touched = await touchSession(db, session.id, now);
        if (touched) return touched;
        session = await findSession(db, session.id);
        break;
      }
      case 'reuse':
        await endReusedSession(deps, session, now);
        throw new Failure('session_revoked');
      case 'revoked':
        throw new Failure('session_revoked');
      case 'expired':
        throw new Failure('token_expired');
      case 'unknown':
        throw new Failure('token_invalid');
    }
  }
  throw new Failure('session_revoked');
}

/** RFC 9700 §4.14.2: a replaced token came back, so two parties hold this session; both are put out. */
async function endReusedSession(
  { db, revocations, log }: Pick<Deps, 'db' | 'revocations' | 'log'>,
  session: Session,
  now: number,
): Promise<void> {
  await revokeSession(db, { id: session.id, reason: 'reuse', now });
  revocations.add(session.id, now);
  log.warn({ sessionId: session.id, accountId: session.accountId }, 'refresh token reuse: session revoked');
}
