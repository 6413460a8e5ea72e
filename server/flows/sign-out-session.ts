import { inTransaction } from '../db/transaction.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { endSession } from './end-session.ts';

export interface HeldSession {
  id: string;
  accountId: string;
}

/** Ends the session of somebody who has proved to hold it, as signed out; one that had ended before is as wanted. */
export async function signOutSession(deps: Deps, session: HeldSession, origin: Origin): Promise<void> {
  const now = await inTransaction(deps.db, async (trx) => {
    const at = deps.clock.now();
    await endSession(trx, session, { reason: 'signed_out', event: 'signed_out', origin, now: at });
    return at;
  });
  deps.revocations.add({ id: session.id, at: now, reason: 'signed_out' });
  deps.changes.announce(session.accountId);
}
