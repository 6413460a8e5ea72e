import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { skeletonOfAddress } from '../lib/skeleton.ts';
import type { Account } from './store.ts';

interface NewAddress {
  id: string;
  /** In canonical form. */
  email: string;
  now: number;
}

/**
 * Gives an account an address that its owner has just shown to read. Undefined when it is another account's, or there is no
 * such account.
 */
export async function moveAccount(
  trx: Transaction<Schema>,
  { id, email, now }: NewAddress,
): Promise<Account | undefined> {
  return trx
    .updateTable('accounts')
    .set({
      email,
      email_skeleton: skeletonOfAddress(email),
      email_verified_at: now,
      updated_at: now,
    })
    .where('id', '=', id)
    .where((eb) => {
      const others = eb.selectFrom('accounts').select('id').where('email', '=', email).where('id', '<>', id);
      return eb.not(eb.exists(others));
    })
    .returningAll()
    .executeTakeFirst();
}

/** Undefined when the account has another address by now, or is gone. One that was verified before keeps its first time. */
export async function markVerified(
  trx: Transaction<Schema>,
  { id, email, now }: NewAddress,
): Promise<Account | undefined> {
  return trx
    .updateTable('accounts')
    .set((eb) => ({ email_verified_at: eb.fn.coalesce('email_verified_at', eb.val(now)), updated_at: now }))
    .where('id', '=', id)
    .where('email', '=', email)
    .returningAll()
    .executeTakeFirst();
}
