import { findAccountByEmail } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

interface Unlock {
  /** In canonical form. */
  email: string;
  origin: Origin;
}

/**
 * Lets the owner try again, also from where they never were: whatever was guessed at this account is forgotten. Returns how many guesses
 * there were; undefined when there is no such account.
 */
export async function unlockAccount(
  { db, clock, limits }: Pick<Deps, 'db' | 'clock'> & { limits: Pick<Deps['limits'], 'forgive'> },
  { email, origin }: Unlock,
): Promise<number | undefined> {
  return inTransaction(db, async (trx) => {
    const account = await findAccountByEmail(trx, email);
    if (!account) return undefined;
    const { id: accountId } = account;
    const now = clock.now();
    await recordEvent(trx, { kind: 'account_unlocked', accountId, sessionId: undefined, origin, now });
    return limits.forgive(trx, email);
  });
}
