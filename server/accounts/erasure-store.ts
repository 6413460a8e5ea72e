import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import type { Account } from './store.ts';

/** When it is to be erased; null: not at all. */
export async function setEraseAt(
  trx: Transaction<Schema>,
  { id, eraseAt, now }: { id: string; eraseAt: number | null; now: number },
): Promise<Account | undefined> {
  return trx
    .updateTable('accounts')
    .set({ erase_at: eraseAt, updated_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Ids of accounts whose time is over, so many at most. What an operator has disabled stays. */
export async function listOverdue(db: Db, { now, limit }: { now: number; limit: number }): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('erase_at', 'is not', null)
    .where('erase_at', '<=', now)
    .where('disabled_at', 'is', null)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** With its sessions, devices, notices and links, which belong to it. Undefined when its owner has kept it meanwhile, or it is disabled. */
export async function eraseAccount(
  trx: Transaction<Schema>,
  { id, now }: { id: string; now: number },
): Promise<{ email: string } | undefined> {
  return trx
    .deleteFrom('accounts')
    .where('id', '=', id)
    .where('erase_at', '<=', now)
    .where('disabled_at', 'is', null)
    .returning('email')
    .executeTakeFirst();
}
