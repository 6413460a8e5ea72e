import { recordEvent } from '../audit/store.ts';
import { isLive } from '../sessions/decide.ts';
import { revokeSessionsOf, type Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { requireLiveSession } from './require-live-session.ts';

/** Ends every session of the caller but the one that asks. Returns how many of them were still of use. */
export async function endOtherSessions(deps: Deps, caller: CallerSession, origin: Origin): Promise<number> {
  const now = deps.clock.now();
  const reason = 'ended_elsewhere';
  const ended = await deps.db.transaction().execute(async (trx) => {
    await requireLiveSession(trx, caller);
    const { accountId, id } = caller;
    const others = await revokeSessionsOf(trx, { accountId, except: id, reason, now });
    await recordEvent(trx, { kind: 'other_sessions_ended', accountId, sessionId: id, origin, now });
    return others;
  });
  for (const { id } of ended) deps.revocations.add({ id, at: now, reason });
  return ended.filter((session) =>
    isLive({ ...session, revokedAt: null }, { now, limits: deps.sessionLimits }),
  ).length;
}
