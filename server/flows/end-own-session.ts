import { inTransaction } from '../db/transaction.ts';
import { forgetDevice } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { findSession, type Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { endSession } from './end-session.ts';
import { requireLiveSession } from './require-live-session.ts';

/**
 * Ends one of the caller's own sessions; one that has ended already is as wanted. Somebody else's is `not_found`, like
 * one that never was (better-auth CVE-2025-61928: an identifier supplied by the caller was trusted).
 */
export async function endOwnSession(
  deps: Deps,
  caller: CallerSession,
  { id, origin }: { id: string; origin: Origin },
): Promise<void> {
  const now = await inTransaction(deps.db, async (trx) => {
    const at = deps.clock.now();
    const own = await requireLiveSession(trx, caller);
    const session = await findSession(trx, id);
    if (session?.accountId !== caller.accountId) throw new Failure('not_found');
    await endSession(trx, session, { reason: 'ended_elsewhere', event: 'session_ended', origin, now: at });
    const hash = session.deviceHash;
    if (hash !== null && hash !== own.deviceHash)
      await forgetDevice(trx, { accountId: caller.accountId, hash });
    return at;
  });
  deps.revocations.add({ id, at: now, reason: 'ended_elsewhere' });
  deps.changes.announce(caller.accountId);
}
