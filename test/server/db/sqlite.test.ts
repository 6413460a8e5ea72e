import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectFile, ping, type Db } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { watchStatements } from '../../support/statements.ts';

async function openFile(): Promise<{ db: Db; file: string }> {
  const file = join(temporaryFolder(), 'test.db');
  const db = connectFile(file);
  onTestFinished(() => db.destroy());
  await migrate(db);
  return { db, file };
}

/** Another process as far as SQLite can tell: a connection of its own that does not wait. */
function connectBeside(file: string): Database.Database {
  const other = new Database(file, { timeout: 0 });
  onTestFinished(() => void other.close());
  return other;
}

const key = (kid: string) => ({
  kid,
  alg: 'ES256',
  public_jwk: '',
  sealed_private_jwk: '',
  created_at: 0,
  active_from: 0,
});

describe('the connection', () => {
  test.each([
    ['journal_mode', 'wal', 'readers never wait for a writer'],
    ['synchronous', 2, 'FULL: what was acknowledged survives a power cut'],
    ['busy_timeout', 5000, 'a second process waits for its turn'],
    ['foreign_keys', 1, 'no row points nowhere'],
  ] satisfies [string, string | number, string][])('has %s = %s: %s', async (pragma, expected, _why) => {
    const { db } = await openFile();
    const { rows } = await sql`${sql.raw(`pragma ${pragma}`)}`.execute(db);
    expect(rows).toEqual([{ [pragma === 'busy_timeout' ? 'timeout' : pragma]: expected }]);
  });

  test('refuses a session of nobody, and drops the sessions of an account with it', async () => {
    const { db } = await openFile();
    const account = { id: 'a', email: 'ada@example.com', name: '', created_at: 0, updated_at: 0 };
    const session = {
      id: 's',
      client_id: 'sallyport',
      scope: '',
      nonce: '',
      generation: 0,
      retired: '[]',
      created_at: 0,
      rotated_at: 0,
      last_seen_at: 0,
      ip: '',
      user_agent: '',
    };
    const insertSession = (account_id: string) =>
      db
        .insertInto('sessions')
        .values({ ...session, account_id, revoked_at: null, revoked_reason: null })
        .execute();
    await expect(insertSession('nobody')).rejects.toThrow(/FOREIGN KEY/);
    await db
      .insertInto('accounts')
      .values({
        ...account,
        email_verified_at: null,
        password_hash: null,
        disabled_at: null,
        email_skeleton: '',
      })
      .execute();
    await insertSession('a');
    await db.deleteFrom('accounts').where('id', '=', 'a').execute();
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
  });

  test('makes its files and their folder for the owner alone', async () => {
    const folder = join(temporaryFolder(), 'deep', 'down');
    const db = connectFile(join(folder, 'test.db'));
    onTestFinished(() => db.destroy());
    await migrate(db);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(folder);
    expect(files).toContain('test.db-wal');
    for (const name of files)
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  test('that is closed does not answer', async () => {
    const { db } = await openFile();
    await ping(db);
    await db.destroy();
    await expect(ping(db)).rejects.toThrow();
  });
});

describe('a transaction', () => {
  test('holds the write lock from its first statement, so that what it read cannot change before it writes', async () => {
    const { db, file } = await openFile();
    const other = connectBeside(file);
    await db.transaction().execute(async (trx) => {
      await trx.selectFrom('accounts').select('id').execute();
      expect(() => other.exec('begin immediate')).toThrow(/locked/);
      // Readers go on: they see what was committed.
      expect(other.prepare('select count(*) as n from accounts').get()).toEqual({ n: 0 });
    });
    other.exec('begin immediate');
    other.exec('rollback');
  });

  test('that throws leaves nothing behind and frees the lock', async () => {
    const { db, file } = await openFile();
    const doomed = db.transaction().execute(async (trx) => {
      await trx.insertInto('signing_keys').values(key('doomed')).execute();
      throw new Error('changed my mind');
    });
    await expect(doomed).rejects.toThrow('changed my mind');
    expect(await db.selectFrom('signing_keys').selectAll().execute()).toEqual([]);
    connectBeside(file).exec('begin immediate; rollback');
  });

  test('does not let another caller of the same process in between', async () => {
    const { db } = await openFile();
    const order: string[] = [];
    const first = db.transaction().execute(async (trx) => {
      await trx.insertInto('signing_keys').values(key('first')).execute();
      await trx.selectFrom('signing_keys').select('kid').execute();
      order.push('first ends');
    });
    const second = db.transaction().execute(async (trx) => {
      order.push('second begins');
      expect(await trx.selectFrom('signing_keys').select('kid').execute()).toEqual([{ kid: 'first' }]);
    });
    await Promise.all([first, second]);
    expect(order).toEqual(['first ends', 'second begins']);
  });
});

describe('a statement', () => {
  test('is compiled by SQLite once, however often and with whatever values it is executed', async () => {
    const seen = watchStatements();
    const { db } = await openFile();
    const before = seen.executed.length;
    for (let round = 0; round < 20; round += 1) {
      await db.selectFrom('accounts').selectAll().where('email', '=', `a${round}@example.com`).execute();
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('signing_keys')
          .values(key(String(round)))
          .execute();
      });
    }
    expect(seen.executed).toHaveLength(before + 20 * 4);
    expect(seen.prepared.toSorted()).toEqual([...new Set(seen.prepared)].toSorted());
  });

  test('that is remembered sees a column that was added since', async () => {
    const { db } = await openFile();
    const all = () => db.selectFrom('signing_keys').selectAll().execute();
    await db.insertInto('signing_keys').values(key('one')).execute();
    await all();
    await db.schema.alterTable('signing_keys').addColumn('note', 'text').execute();
    expect(await all()).toEqual([{ ...key('one'), note: null }]);
  });

  test('built from ever new text does not pile up', async () => {
    const { db } = await openFile();
    const seen = watchStatements();
    const ask = (number: number) => sql`${sql.raw(`select ${number} as n`)}`.execute(db);
    for (let number = 0; number < 501; number += 1) await ask(number);
    await ask(500);
    expect(seen.prepared).toHaveLength(501);
    await ask(0);
    expect(seen.prepared).toHaveLength(502);
  });
});
