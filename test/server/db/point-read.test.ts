import { expect, onTestFinished, test } from 'vitest';
import { findAccount, updateName } from '../../../server/accounts/store.ts';
import type { Db } from '../../../server/db/connect.ts';
import { inTransaction } from '../../../server/db/transaction.ts';
import { openUrl, takeLastingDatabase } from '../../support/database.ts';

const ID = 'a';

async function openWithAccount(): Promise<Db> {
  const db = await openUrl(await takeLastingDatabase());
  onTestFinished(() => db.destroy());
  const email = 'ada@example.com';
  await db
    .insertInto('accounts')
    .values({ id: ID, email, email_skeleton: email, name: 'before', created_at: 0, updated_at: 0 })
    .execute();
  return db;
}

const nameIn = async (db: Db) => (await findAccount(db, ID))?.name;

test('a transaction reads what it has written; others read what was committed, and do not wait for it', async () => {
  const db = await openWithAccount();
  await inTransaction(db, async (trx) => {
    await updateName(trx, { id: ID, name: 'after', now: 1 });
    expect(await nameIn(trx)).toBe('after');
    expect(await nameIn(db)).toBe('before');
  });
  expect(await nameIn(db)).toBe('after');
});

test('what was undone is not read', async () => {
  const db = await openWithAccount();
  const undone = inTransaction(db, async (trx) => {
    await updateName(trx, { id: ID, name: 'after', now: 1 });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await nameIn(db)).toBe('before');
});

test('what is not there is undefined, and so is what no row can be called', async () => {
  const db = await openWithAccount();
  expect(await findAccount(db, 'b')).toBeUndefined();
  expect(await findAccount(db, `${ID}\0`)).toBeUndefined();
});

test('nothing is read from a database that was closed', async () => {
  const db = await openWithAccount();
  expect(await nameIn(db)).toBe('before');
  await db.destroy();
  await expect(nameIn(db)).rejects.toThrow();
});
