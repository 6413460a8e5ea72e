import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import { pointRead } from '../db/point-read.ts';
import type { AccountsTable, Schema } from '../db/schema.ts';
import { skeletonOfAddress } from '../lib/skeleton.ts';

export type Account = Selectable<AccountsTable>;

export type ProfileRow = Pick<
  Account,
  'id' | 'email' | 'email_verified_at' | 'name' | 'created_at' | 'disabled_at'
>;

/**
 * Undefined when the address is taken. The unique constraint decides, not a look beforehand: of two concurrent
 * registrations one wins.
 */
export async function insertAccount(
  trx: Transaction<Schema>,
  account: Omit<Insertable<AccountsTable>, 'email_skeleton'>,
): Promise<Account | undefined> {
  return trx
    .insertInto('accounts')
    .values({ ...account, email_skeleton: skeletonOfAddress(account.email) })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returningAll()
    .executeTakeFirst();
}

export const findAccount = pointRead<Account>((db, id) =>
  db.selectFrom('accounts').selectAll().where('id', '=', id),
);

/** What a person is shown of their own account, and whether it is open. */
export const findProfileRow = pointRead<ProfileRow>((db, id) =>
  db
    .selectFrom('accounts')
    .select(['id', 'email', 'email_verified_at', 'name', 'created_at', 'disabled_at'])
    .where('id', '=', id),
);

/**
 * One row in any case, that of some account when there is none with this address: reading a row takes microseconds more than
 * finding none, and a few thousand sign-ins show them (CWE-208).
 */
const readByEmail = pointRead<Account>((db, email) => {
  const wanted = db.selectFrom('accounts').select('id').where('email', '=', email);
  const any = db.selectFrom('accounts').select((eb) => eb.fn.min('id').as('id'));
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', (eb) => eb.fn.coalesce(wanted, any));
});

/** `email` in canonical form. */
export async function findAccountByEmail(db: Db, email: string): Promise<Account | undefined> {
  const account = await readByEmail(db, email);
  return account?.email === email ? account : undefined;
}

/** Undefined when there is no such account, or it is disabled. */
export async function updateName(
  db: Db,
  { id, name, now }: { id: string; name: string; now: number },
): Promise<Account | undefined> {
  return db
    .updateTable('accounts')
    .set({ name, updated_at: now })
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Undefined when there is no such account. One that is disabled already keeps its first time. */
export async function setDisabled(
  trx: Transaction<Schema>,
  { email, disabled, now }: { email: string; disabled: boolean; now: number },
): Promise<Account | undefined> {
  return trx
    .updateTable('accounts')
    .set((eb) => ({
      disabled_at: disabled ? eb.fn.coalesce('disabled_at', eb.val(now)) : null,
      updated_at: now,
    }))
    .where('email', '=', email)
    .returningAll()
    .executeTakeFirst();
}

/** Undefined when there is no such account. */
export async function setCeiling(
  trx: Transaction<Schema>,
  { email, scope, now }: { email: string; scope: string | null; now: number },
): Promise<Account | undefined> {
  return trx
    .updateTable('accounts')
    .set({ scope, updated_at: now })
    .where('email', '=', email)
    .returningAll()
    .executeTakeFirst();
}

/** True when it was still the hash that was verified: a password changed meanwhile stays changed. */
export async function replacePasswordHash(
  trx: Transaction<Schema>,
  { id, verified, hash }: { id: string; verified: string; hash: string },
): Promise<boolean> {
  const replaced = await trx
    .updateTable('accounts')
    .set({ password_hash: hash })
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .returning('id')
    .executeTakeFirst();
  return replaced !== undefined;
}

/** Also for an account that has none. Null: nobody signs in until a new one is set. */
export async function setPasswordHash(
  trx: Transaction<Schema>,
  { id, hash, now }: { id: string; hash: string | null; now: number },
): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ password_hash: hash, updated_at: now })
    .where('id', '=', id)
    .execute();
}
