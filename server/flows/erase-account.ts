import type { Transaction } from 'kysely';
import { eraseAccount } from '../accounts/erasure-store.ts';
import { eraseEvents } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import { dropMailTokensTo } from '../mail-tokens/store.ts';
import { eraseMailTo } from '../mail/store.ts';
import type { Deps } from './deps.ts';

/**
 * Removes an account whose time is over, with everything that names its owner: sessions, devices, notices and links, the security
 * events, and mail that waits. False when its owner has come back meanwhile, or it is disabled.
 */
export async function eraseAccountNow(
  trx: Transaction<Schema>,
  { id, now }: { id: string; now: number },
): Promise<boolean> {
  const erased = await eraseAccount(trx, { id, now });
  if (!erased) return false;
  await eraseEvents(trx, id);
  await dropMailTokensTo(trx, erased.email);
  await eraseMailTo(trx, erased.email);
  return true;
}

/** For housekeeping: one that cannot be erased is in the log, and does not keep the others. False when it was not. */
export async function eraseOverdueAccount(
  { db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>,
  id: string,
): Promise<boolean> {
  try {
    const isErased = await inTransaction(db, (trx) => eraseAccountNow(trx, { id, now: clock.now() }));
    if (isErased) log.info({ accountId: id }, 'account erased');
    return isErased;
  } catch (err) {
    log.error({ err, accountId: id }, 'account not erased');
    return false;
  }
}
