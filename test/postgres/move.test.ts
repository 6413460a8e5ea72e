import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { COPIED_TABLES } from '../../server/db/copied-tables.ts';
import { copyTable, countRows, sumTable, withSnapshot } from '../../server/db/copy.ts';
import type { Db } from '../../server/db/connect.ts';
import { builtServer } from '../support/built-server.ts';
import { openUrl, takeDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { outcomeOf } from '../support/reasons.ts';
import { launch } from '../support/server-process.ts';
import { createWorld } from '../support/world.ts';

const main = builtServer();

/** People in the middle of everything, in nearly every table. */
function fixture(): string {
  const file = join(temporaryFolder(), 'old.db');
  copyFileSync(join(PROJECT_ROOT, 'test/data/upgrade/0006-many-processes.db'), file);
  return `sqlite:${file}`;
}

async function copy(from: string, to: string) {
  const words = ['copy', '--from', from, '--to', to];
  const { code, stdout, stderr } = await (
    await launch({ main: join(main(), '../db.mjs'), folder: temporaryFolder(), words })
  ).exit;
  return { code, stdout, stderr };
}

async function open(url: string): Promise<Db> {
  const db = await openUrl(url);
  onTestFinished(() => db.destroy());
  return db;
}

async function sumsOf(db: Db): Promise<unknown[]> {
  const sums: unknown[] = [];
  for (const table of COPIED_TABLES) sums.push([table, await sumTable(db, table)]);
  return sums;
}

test('a copy has every row of every table, and a second one brings what has changed since', async () => {
  const [from, to] = [fixture(), await takeDatabase()];
  expect(await copy(from, to)).toMatchObject({ code: 0, stderr: '' });
  const [source, target] = [await open(from), await open(to)];
  expect(await sumsOf(target)).toEqual(await sumsOf(source));
  expect(await countRows(target, 'accounts')).toBeGreaterThan(3);

  const [first, second, third] = await source.selectFrom('accounts').selectAll().orderBy('id').execute();
  if (!first || !second || !third) throw new Error('the fixture has fewer accounts');
  await source.deleteFrom('accounts').where('id', '=', third.id).execute();
  await source
    .updateTable('accounts')
    .set({ email: 'away@example.com' })
    .where('id', '=', second.id)
    .execute();
  // The earlier one has the address of a later one now.
  await source.updateTable('accounts').set({ email: second.email }).where('id', '=', first.id).execute();
  await source
    .insertInto('accounts')
    .values({ ...third, id: `${first.id}0` })
    .execute();
  expect(await sumsOf(target)).not.toEqual(await sumsOf(source));
  expect(await copy(from, to)).toMatchObject({ code: 0, stdout: expect.stringContaining('1 removed') });
  expect(await sumsOf(target)).toEqual(await sumsOf(source));
});

test('a copy that was broken off goes on where it was', async () => {
  const [source, target] = [await open(fixture()), await open(await takeDatabase())];
  const accounts = Array.from({ length: 1700 }, (_, index) => ({
    id: `account ${String(index).padStart(5, '0')}`,
    email: `person${index}@example.com`,
    email_verified_at: null,
    name: '=1+1 "é" 💡',
    password_hash: null,
    disabled_at: null,
    created_at: -1,
    updated_at: 2 ** 45,
    scope: null,
    email_skeleton: '',
    erase_at: null,
  }));
  for (let index = 0; index < 1700; index += 500)
    await source
      .insertInto('accounts')
      .values(accounts.slice(index, index + 500))
      .execute();
  let looked = 0;
  const broken = withSnapshot(source, (snapshot) =>
    copyTable({ source: snapshot, target }, 'accounts', (rows) => {
      looked += rows;
      if (looked > 600) throw new Error('pulled the plug');
    }),
  );
  await expect(broken).rejects.toThrow('pulled the plug');
  const there = await countRows(target, 'accounts');
  expect(there).toBe(1000);
  const { written } = await copyTable({ source, target }, 'accounts');
  expect(written).toBe((await countRows(source, 'accounts')) - there);
  expect(await sumTable(target, 'accounts')).toEqual(await sumTable(source, 'accounts'));
});

test('the sum of a table tells a changed value, a missing row and one too many', async () => {
  const db = await open(fixture());
  const before = await sumTable(db, 'accounts');
  const [account] = await db.selectFrom('accounts').selectAll().execute();
  if (!account) throw new Error('no account');
  await db
    .updateTable('accounts')
    .set({ updated_at: account.updated_at + 1 })
    .where('id', '=', account.id)
    .execute();
  const changed = await sumTable(db, 'accounts');
  expect([changed.count, changed.checksum === before.checksum]).toEqual([before.count, false]);
  await db.deleteFrom('accounts').where('id', '=', account.id).execute();
  expect((await sumTable(db, 'accounts')).count).toBe(before.count - 1);
});

test('nobody is signed out by it, and whoever was stays so', async () => {
  const from = `sqlite:${join(temporaryFolder(), 'old.db')}`;
  const world = await createWorld({ env: { DATABASE_URL: from } });
  const [stays, leaves] = [world.visitor(), world.visitor()];
  await stays.register();
  await leaves.signIn();
  const held = { cookie: leaves.cookie, bearer: leaves.bearer };
  await leaves.api.auth.logout();
  const to = await takeDatabase();
  expect(await copy(from, to)).toMatchObject({ code: 0 });

  const next = await createWorld({ env: { DATABASE_URL: to }, clock: world.clock });
  const [there, gone] = [next.visitor(), Object.assign(next.visitor(), held)];
  Object.assign(there, { cookie: stays.cookie, bearer: stays.bearer, device: stays.device });
  expect(await outcomeOf(there.api.auth.me())).toBe('succeeded');
  expect(await outcomeOf(there.api.auth.refresh())).toBe('succeeded');
  expect(await outcomeOf(gone.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(gone.api.auth.refresh())).toBe('session_revoked');
  // The browser is known, so nobody is warned of it.
  await there.signIn();
  expect(await next.app.deps.db.selectFrom('notices').selectAll().execute()).toHaveLength(
    await countRows(world.app.deps.db, 'notices'),
  );
});

test('what is not from this source is left alone', async () => {
  const to = await takeDatabase();
  const world = await createWorld({ env: { DATABASE_URL: to } });
  await world.visitor().register();
  expect(await copy(fixture(), to)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^--to has data/),
  });
  expect(await countRows(world.app.deps.db, 'accounts')).toBe(1);
});

test('what PostgreSQL cannot store is said by its place, and not by what it is', async () => {
  const from = fixture();
  const source = await open(from);
  const { id } = await source.selectFrom('accounts').select('id').executeTakeFirstOrThrow();
  await sql`update accounts set name = 'secret' || char(0) where id = ${id}`.execute(source);
  const { code, stderr } = await copy(from, await takeDatabase());
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `accounts.name of ${id} holds a NUL, which PostgreSQL cannot store\n`,
  });
});
