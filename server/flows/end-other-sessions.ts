import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { forgetOtherDevices } from '../devices/store.ts';
import { isLive } from '../sessions/decide.ts';
import { revokeSessionsOf } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { requireLiveSession } from './require-live-session.ts';

/** Ends every session of the caller but the one that asks. Returns how many of them were still of use. */
export async function endOtherSessions(deps: Deps, caller: CallerSession, origin: Origin): Promise<number> {
  const reason = 'ended_elsewhere';
  const { ended, now } = await inTransaction(deps.db, async (trx) => {
    const at = deps.clock.now();
    const own = await requireLiveSession(trx, caller);
    const { accountId, id } = caller;
    const others = await revokeSessionsOf(trx, { accountId, except: id, reason, now: at });
    await forgetOtherDevices(trx, { accountId, keep: own.deviceHash });
    // Nothing ended, nothing happened: a record of each call would be a way to fill the disk.
    if (others.length > 0)
      await recordEvent(trx, { kind: 'other_sessions_ended', accountId, sessionId: id, origin, now: at });
    return { ended: others, now: at };
  });
  for (const { id } of ended) deps.revocations.add({ id, at: now, reason });
  deps.changes.announce(caller.accountId);
  const limits = deps.sessionLimits;
  return ended.filter((session) => isLive({ ...session, revokedAt: null }, { now, limits })).length;
}
