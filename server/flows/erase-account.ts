import { eraseAccount } from '../accounts/erasure-store.ts';
import { eraseEvents } from '../audit/store.ts';
import { eraseMailTo } from '../mail/store.ts';
import type { Deps } from './deps.ts';

/**
 * Removes an account whose time is over, with everything that names its owner: sessions, devices, notices and links, the security
 * events, and mail that waits. False when its owner has come back meanwhile.
 */
export async function eraseOverdueAccount(
  { db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>,
  id: string,
): Promise<boolean> {
  const isErased = await db.transaction().execute(async (trx) => {
    const erased = await eraseAccount(trx, { id, now: clock.now() });
    if (!erased) return false;
    await eraseEvents(trx, id);
    await eraseMailTo(trx, erased.email);
    return true;
  });
  if (isErased) log.info({ accountId: id }, 'account erased');
  return isErased;
}
