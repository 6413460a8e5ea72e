import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase, poolOf, type Db } from '../../server/db/connect.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { uuidv7 } from '../../server/lib/ids.ts';
import { listRevoked } from '../../server/sessions/revocation-store.ts';
import { openUrl, takeDatabase } from '../support/database.ts';

async function open(): Promise<Db> {
  const db = await openUrl(await takeDatabase());
  onTestFinished(() => db.destroy());
  return db;
}

test('a transaction that goes on after a failure is not taken for done', async () => {
  const db = await open();
  const work = inTransaction(db, async (trx) => {
    await trx.insertInto('turns').values({ name: 'first', until: 1 }).execute();
    await sql`select 1 / 0`.execute(trx).catch(() => {});
  });
  await expect(work).rejects.toThrow('a transaction went on after one of its statements had failed');
  expect(await db.selectFrom('turns').selectAll().execute()).toEqual([]);
});

test('the pool tells who has a connection, and who waits for one', async () => {
  const db = await openDatabase({ engine: 'postgres', url: await takeDatabase(), poolSize: 1 });
  onTestFinished(() => db.destroy());
  const usage = poolOf(db);
  const read = () => db.selectFrom('turns').selectAll().execute();
  await read();
  expect(usage?.()).toEqual({ used: 0, idle: 1, waiting: 0 });
  let other: Promise<unknown> | undefined;
  await inTransaction(db, async (trx) => {
    await trx.selectFrom('turns').selectAll().execute();
    expect(usage?.()).toEqual({ used: 1, idle: 0, waiting: 0 });
    other = read();
    await vi.waitFor(() => expect(usage?.()).toEqual({ used: 1, idle: 0, waiting: 1 }));
  });
  await other;
  expect(usage?.()).toEqual({ used: 0, idle: 1, waiting: 0 });
});

test('a connection does not keep a statement for each length of a list', async () => {
  const db = await open();
  // One at a time is always on the same connection.
  const count = async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_prepared_statements`.execute(
      db,
    );
    return rows[0]?.n ?? 0;
  };
  await listRevoked(db, [uuidv7(0)]);
  expect(await count()).toBe(1);
  for (let length = 100; length < 150; length += 1)
    await listRevoked(
      db,
      Array.from({ length }, () => uuidv7(0)),
    );
  expect(await count()).toBe(1);
});

test('a server that only reads since another one took over is away, and its connection is given up', async () => {
  const db = await open();
  const write = () => db.insertInto('turns').values({ name: 'mine', until: 1 }).execute();
  await sql`set default_transaction_read_only = on`.execute(db);
  await expect(write()).rejects.toMatchObject({ reason: 'busy', retryAfter: 1 });
  await write();
  expect(await db.selectFrom('turns').select('name').execute()).toEqual([{ name: 'mine' }]);
});
