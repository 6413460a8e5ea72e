import { sql } from 'kysely';
import { onTestFinished, describe, expect, test } from 'vitest';
import { openDatabase, type DatabasePlace, type Db } from '../../../server/db/connect.ts';
import { readTables, type Table } from '../../../server/db/move/tables.ts';
import { copyTables, verifyTables } from '../../../server/db/move/copy.ts';
import { openTarget } from '../../../server/db/move/ends.ts';
import { beginMark, finishMark, identify, removeMark } from '../../../server/db/move/mark.ts';
import { moveDatabase } from '../../../server/db/move/move-database.ts';
import type { Watch } from '../../../server/db/move/rows.ts';
import { engine, takeLastingDatabase } from '../../support/database.ts';
import { fullDatabase, readAll, TABLES } from '../../support/full-database.ts';

// From SQLite to whatever this run is about.

async function takePlace(): Promise<DatabasePlace> {
  const url = await takeLastingDatabase();
  return url.startsWith('sqlite:')
    ? { engine: 'sqlite', file: url.slice('sqlite:'.length) }
    : { engine: 'postgres', url, poolSize: 2 };
}

async function takeSource() {
  const { db, place } = await fullDatabase();
  onTestFinished(() => db.destroy());
  return { source: db, from: place };
}

/** Opens a copy as a server would: there is no further copy into it. */
async function use(place: DatabasePlace): Promise<Db> {
  const db = await openDatabase(place);
  onTestFinished(() => db.destroy());
  return db;
}

const quietly = (): Watch => () => {};

/** Breaks off at the `page`-th page that is read for the progress. */
const breakOffAt = (page: number) => (): Watch => {
  let pages = 0;
  return () => {
    if ((pages += 1) === page) throw new Error('broken off');
  };
};

test('every table comes over, whole, and something is in each of them', async () => {
  const { source, from } = await takeSource();
  const to = await takePlace();
  const moved = await moveDatabase({ from, to }, quietly);
  const before = await readAll(source);
  for (const table of TABLES) expect(before[table], table).not.toEqual([]);
  expect(moved).toMatchObject({
    rows: Object.values(before).flat().length,
    tables: TABLES.length,
  });
  expect(await readAll(await use(to))).toEqual(before);
});

test('pages end anywhere: in the middle of a key of two columns, and between rows larger than a page', async () => {
  const { source, from } = await takeSource();
  const to = await takePlace();
  await sql`insert into devices (account_id, token_hash, created_at, last_seen_at)
    with recursive counter (n) as (select 1 union all select n + 1 from counter where n < 450)
    select accounts.id, printf('%06d', counter.n * 7919 % 1000), 0, counter.n from counter, accounts`.execute(
    source,
  );
  const body = 'é'.repeat(700_000);
  for (let index = 0; index < 103; index += 1)
    await source
      .insertInto('local_mail')
      .values({
        id: `m${index}`,
        recipient: '',
        subject: '',
        body_text: index < 100 ? '' : body,
        body_html: '',
        created_at: index,
      })
      .execute();
  await moveDatabase({ from, to }, quietly);
  // One from the middle of an account's: its neighbours stay.
  const gone = source.deleteFrom('devices').where('last_seen_at', '=', 225);
  const { numDeletedRows: accounts } = await gone.executeTakeFirstOrThrow();
  expect(await moveDatabase({ from, to }, quietly)).toMatchObject({ removed: Number(accounts), written: 0 });
  expect(await readAll(await use(to))).toEqual(await readAll(source));
});

test('every table of the schema is among them', async () => {
  const { source } = await takeSource();
  const { rows } = await sql<{ name: string }>`select name from sqlite_schema
    where type = 'table' and name not like 'kysely_%' and name not like 'sqlite_%' order by name`.execute(
    source,
  );
  expect((await readTables(source)).map(({ name }) => name).toSorted()).toEqual(rows.map(({ name }) => name));
});

test('made again, it brings what is new, what has changed and what has gone, an address that has passed on too', async () => {
  const { source, from } = await takeSource();
  const to = await takePlace();
  await moveDatabase({ from, to }, quietly);
  expect(await moveDatabase({ from, to }, quietly)).toMatchObject({ written: 0, removed: 0 });

  const people = await source.selectFrom('accounts').select(['id', 'email']).orderBy('id').execute();
  const [first, second, third] = people;
  if (!first || !second || !third) throw new Error('too few people');
  const changeEmail = (id: string, email: string) =>
    source.updateTable('accounts').set({ email }).where('id', '=', id).execute();
  await changeEmail(first.id, 'meanwhile@example.com');
  await changeEmail(second.id, first.email);
  await changeEmail(first.id, second.email);
  await source.deleteFrom('accounts').where('id', '=', third.id).execute();
  await source.updateTable('sessions').set({ generation: 77 }).execute();
  await source.deleteFrom('security_events').execute();
  await source.insertInto('turns').values({ name: 'another', until: 1 }).execute();

  const again = await moveDatabase({ from, to }, quietly);
  expect(again.written).toBeGreaterThan(0);
  expect(again.removed).toBeGreaterThan(0);
  expect(await readAll(await use(to))).toEqual(await readAll(source));
});

test('broken off at any page, it goes on, and no server takes half of it for the whole', async () => {
  const { source, from } = await takeSource();
  const to = await takePlace();
  let broken = 0;
  for (let page = 1; ; page += 1) {
    const outcome = await moveDatabase({ from, to }, breakOffAt(page)).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) break;
    expect(outcome.message).toBe('broken off');
    await expect(openDatabase(to)).rejects.toThrow('a copy into it has not ended');
    broken += 1;
  }
  // In pruning, in writing and in verifying, each table at least once.
  expect(broken).toBe(4 * TABLES.length);
  expect(await readAll(await use(to))).toEqual(await readAll(source));
});

test('what is written while it is copied is not in it, and comes with the next one', async () => {
  const { source, from } = await takeSource();
  const before = await readAll(source);
  const to = await takePlace();
  const writeMeanwhile = (): Watch => () =>
    void source
      .updateTable('sessions')
      .set((eb) => ({ generation: eb('generation', '+', 1) }))
      .execute();
  await moveDatabase({ from, to }, writeMeanwhile);
  const after = await readAll(source);
  expect(after['sessions']).not.toEqual(before['sessions']);
  expect(await moveDatabase({ from, to }, quietly)).toMatchObject({
    written: after['sessions']?.length,
    removed: after['sessions']?.length,
  });
  expect(await readAll(await use(to))).toEqual(after);
});

test('of two copies into one target the earlier one stops, and so does one whose target is in use by now', async () => {
  const { source } = await takeSource();
  const target = await openTarget(await takePlace(), source);
  onTestFinished(() => target.destroy());
  const copy = async (run: string) =>
    copyTables({ source, target, tables: await readTables(target), watch: () => {}, run });
  const meanwhile = '--to: another copy, or a server, has begun to use it meanwhile';
  const before = await readAll(target);
  await beginMark(target, { source: await identify(source), run: 'earlier' });
  await beginMark(target, { source: await identify(source), run: 'later' });
  await expect(copy('earlier')).rejects.toThrow(meanwhile);
  expect(await readAll(target)).toEqual(before);
  await expect(finishMark(target, 'earlier')).rejects.toThrow(meanwhile);
  await copy('later');
  expect(await readAll(target)).toEqual(await readAll(source));

  await removeMark(target);
  await target.deleteFrom('turns').execute();
  await target.insertInto('turns').values({ name: 'of its own', until: 1 }).execute();
  const own = await readAll(target);
  await expect(copy('later')).rejects.toThrow(meanwhile);
  expect(await readAll(target)).toEqual(own);
});

describe('what is refused', () => {
  const refusal = async (places: { from: DatabasePlace; to: DatabasePlace }): Promise<string> => {
    const outcome = await moveDatabase(places, quietly).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) throw new Error('it was not refused');
    expect(outcome.name).toBe('MoveError');
    return outcome.message;
  };

  test('a target that holds something else: nothing of it is touched', async () => {
    const { from } = await takeSource();
    const to = await takePlace();
    const other = await use(to);
    await other
      .insertInto('throttles')
      .values({ key: 'k', failures: 1, blocked_until: 0, expires_at: 0 })
      .execute();
    const before = await readAll(other);
    expect(await refusal({ from, to })).toMatch(/^--to: holds something else/);
    expect(await readAll(other)).toEqual(before);
  });

  test('a client of their own is something else too', async () => {
    const { from } = await takeSource();
    const to = await takePlace();
    const other = await use(to);
    await other
      .insertInto('clients')
      .values({ id: 'theirs', name: '', secret_hash: null, grants: '', scope: null, created_at: 0 })
      .execute();
    expect(await refusal({ from, to })).toMatch(/^--to: holds something else/);
  });

  test('a copy that has been used since', async () => {
    const { from } = await takeSource();
    const to = await takePlace();
    await moveDatabase({ from, to }, quietly);
    await use(to);
    expect(await refusal({ from, to })).toMatch(/^--to: holds something else/);
  });

  test('a copy of another installation', async () => {
    const { from } = await takeSource();
    const to = await takePlace();
    await moveDatabase({ from, to }, quietly);
    const another = await takeSource();
    await sql`update kysely_migration set timestamp = '2020-01-01T00:00:00.000Z'`.execute(another.source);
    expect(await refusal({ from: another.from, to })).toMatch(/^--to: holds something else/);
  });

  test('a source of another version, or of none, or that is half a copy itself', async () => {
    const { source, from } = await takeSource();
    const to = await takePlace();
    await expect(moveDatabase({ from, to }, breakOffAt(15))).rejects.toThrow('broken off');
    expect(await refusal({ from: to, to: await takePlace() })).toBe(
      '--from: is itself a copy that has not ended',
    );
    await sql`delete from kysely_migration where name like '0006%'`.execute(source);
    expect(await refusal({ from, to })).toMatch(/^--from: an earlier version/);
    await sql`insert into kysely_migration values ('9999-later', '')`.execute(source);
    expect(await refusal({ from, to })).toMatch(/^--from: a later version/);
    await sql`drop table kysely_migration`.execute(source);
    expect(await refusal({ from, to })).toBe('--from: there is no Sallyport in this database');
    expect(await refusal({ from: { engine: 'sqlite', file: '/nowhere/at/all.db' }, to })).toBe(
      '--from: there is no file /nowhere/at/all.db',
    );
  });

  test('a target of a later version', async () => {
    const { from, source } = await takeSource();
    const to = await fullDatabase();
    onTestFinished(() => to.db.destroy());
    await sql`insert into kysely_migration values ('9999-later', '')`.execute(to.db);
    expect(await refusal({ from, to: to.place })).toMatch(/^--to: a later version/);
    expect(await readAll(to.db)).toEqual(await readAll(source));
  });

  test.runIf(engine === 'postgres')(
    'text that PostgreSQL cannot store: by table and key, all of them',
    async () => {
      const { source, from } = await takeSource();
      const to = await takePlace();
      const name = 'Ada\0Lovelace';
      const events = await source.selectFrom('accounts').select('id').orderBy('id').limit(2).execute();
      await source
        .updateTable('accounts')
        .set({ name })
        .where(
          'id',
          'in',
          events.map(({ id }) => id),
        )
        .execute();
      expect(await refusal({ from, to })).toBe(
        [
          ...events.map(
            ({ id }) => `accounts ${id}: has a NUL character in it, which PostgreSQL cannot store`,
          ),
          'Mend or remove these rows in the source; then the same command goes on',
        ].join('\n'),
      );
      await source.updateTable('accounts').set({ name: 'Ada' }).where('name', '=', name).execute();
      await moveDatabase({ from, to }, quietly);
      expect(await readAll(await use(to))).toEqual(await readAll(source));
    },
  );

  test.runIf(engine === 'postgres')('a database that is not there, without its password', async () => {
    const { from } = await takeSource();
    const url = 'postgres://ada:a-secret-word@127.0.0.1:1/none';
    const message = await refusal({ from, to: { engine: 'postgres', url, poolSize: 1 } });
    expect(message).toMatch(/^--to: the database cannot be used \(.*ECONNREFUSED/);
    expect(message).not.toContain('a-secret-word');
  });
});

describe('verification', () => {
  async function verifyAfter(change: (target: Db) => Promise<unknown>): Promise<string[]> {
    const { source, from } = await takeSource();
    const to = await takePlace();
    await moveDatabase({ from, to }, quietly);
    const target = await use(to);
    await change(target);
    const tables: Table[] = await readTables(target);
    return verifyTables({ source, target, tables, watch: () => {} });
  }

  test('a row that was changed is seen, and its table named', async () => {
    const changed = await verifyAfter(async (db) => {
      const { rows } = await sql<{ id: string }>`select id from sessions order by id limit 1`.execute(db);
      await sql`update sessions set last_seen_at = last_seen_at + 1 where id = ${rows[0]?.id}`.execute(db);
    });
    expect(changed).toEqual([expect.stringMatching(/^sessions: \d+ rows each, but not the same ones$/)]);
  });

  test('a row that is missing, and two that swapped a value', async () => {
    const missing = await verifyAfter((db) => db.deleteFrom('turns').execute());
    expect(missing).toEqual(['turns: 1 rows in the source, 0 in the target']);
    const swapped = await verifyAfter(async (db) => {
      const [a, b] = await db.selectFrom('accounts').select(['id', 'name', 'email']).orderBy('id').execute();
      if (!a || !b || a.email === b.email) throw new Error('too few people');
      const set = (id: string, email: string) =>
        db.updateTable('accounts').set({ email }).where('id', '=', id).execute();
      await set(a.id, 'meanwhile@example.com');
      await set(b.id, a.email);
      await set(a.id, b.email);
    });
    expect(swapped).toEqual([expect.stringMatching(/^accounts: /)]);
  });

  test('what is the same is the same', async () => {
    expect(await verifyAfter(async () => {})).toEqual([]);
  });
});

test.runIf(engine === 'postgres')(
  'and back: from PostgreSQL to PostgreSQL, and from there to SQLite',
  async () => {
    const { source, from } = await takeSource();
    const first = await takePlace();
    const second = await takePlace();
    await moveDatabase({ from, to: first }, quietly);
    await moveDatabase({ from: first, to: second }, quietly);
    const { from: last } = await takeSource();
    const file = `${last.file}.back`;
    await moveDatabase({ from: second, to: { engine: 'sqlite', file } }, quietly);
    expect(await readAll(await use({ engine: 'sqlite', file }))).toEqual(await readAll(source));
  },
);
