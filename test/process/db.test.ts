import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { signedInSchema } from '../../shared/account.ts';
import { connectPatiently, connectReader, openDatabase, type Db } from '../../server/db/connect.ts';
import { backUp } from '../../server/db/move/backup.ts';
import { dataOf, outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { engine, openUrl, takeLastingDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fullDatabase, readAll } from '../support/full-database.ts';
import { SECRET } from '../support/secret.ts';
import { launch, startProcess } from '../support/server-process.ts';
import { createWebClient, type WebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

const main = builtServer();
const start = (folder: string, words: string[], env: Record<string, string> = {}) =>
  launch({ main: join(main(), '../db.mjs'), folder, words, env });
const command = async (folder: string, words: string[], env: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await (await start(folder, words, env)).exit;
  return { code, stdout, stderr };
};

/** A URL's target, beside whoever writes to it. */
async function watchUrl(url: string): Promise<Db> {
  const db = engine === 'postgres' ? await connectPatiently(url) : connectReader(url.slice('sqlite:'.length));
  onTestFinished(() => db.destroy());
  return db;
}

async function readUrl(url: string): Promise<Record<string, string[]>> {
  const db = await openUrl(url);
  const all = await readAll(db);
  await db.destroy();
  return all;
}

test('who does not say what is to be done is told how, and no password is printed', async () => {
  const folder = temporaryFolder();
  const secret = 'postgres://ada:a-secret-word@127.0.0.1:1/none';
  for (const words of [
    [],
    ['copy'],
    ['copy', '--from', 'sqlite:a.db'],
    ['copy', '--from', 'sqlite:a.db', '--to', 'sqlite::memory:'],
    ['copy', '--from', 'sqlite:a.db', '--to', `mysql${secret}`],
    ['copy', '--from', 'sqlite:a.db', '--to', secret, secret],
    ['copy', '--from', 'sqlite:a.db', `--too=${secret}`],
    ['backup', '--to', 'b.db'],
    ['backup', 'b.db', 'c.db'],
  ]) {
    const { code, stdout, stderr } = await command(folder, words);
    expect({ code, stdout }, words.join(' ')).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: npm run db -- copy /);
    expect(stderr).not.toContain('a-secret-word');
  }
  expect(await command(folder, ['copy', '--from', 'sqlite:a.db', '--to', secret])).toEqual({
    code: 1,
    stdout: '',
    stderr: '--from: there is no file a.db\n',
  });
  const { place, db } = await fullDatabase();
  await db.destroy();
  const away = await command(folder, ['copy', '--from', `sqlite:${place.file}`, '--to', secret]);
  expect(away).toMatchObject({ code: 1, stdout: '' });
  expect(away.stderr).toMatch(/^--to: the database cannot be used \([^\n]*ECONNREFUSED[^\n]*\)\n$/);
  expect(existsSync(join(folder, 'a.db'))).toBe(false);
}, 120_000);

const ENV = { AUTH_SECRET: SECRET, PUBLIC_URL: 'http://localhost:3000', RATE_LIMIT: 'off' };

test('a move signs nobody out: refresh, access token, password and device go on, and what was ended stays ended', async () => {
  const folder = temporaryFolder();
  const from = `sqlite:${join(folder, 'data/sallyport.db')}`;
  const old = await startProcess({ main: main(), folder, env: { ...ENV, DATABASE_URL: from } });
  const [ada, other] = [createWebClient(old.base), createWebClient(old.base)];
  await ada.register();
  other.device = ada.device;
  await other.signIn();
  const ended = { cookie: other.cookie, bearer: other.bearer };
  expect(await outcomeOfCall(await other.mutate('auth.logout'))).toBe('succeeded');

  const to = await takeLastingDatabase();
  const words = ['copy', '--from', from, '--to', to];
  expect(await command(folder, words)).toMatchObject({ code: 0, stderr: '' });
  // While the old server runs on: the second copy brings this.
  const late = createWebClient(old.base);
  await late.register('late@example.com');
  old.child.kill('SIGTERM');
  expect(await old.exit).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await command(folder, words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^copied: \d+; taken out: \d+; verified: \d+ rows in 12 tables are the same on both sides\nIf a server still uses the old database: stop it, and copy once more\n$/,
  );

  const { base } = await startProcess({
    main: main(),
    folder: temporaryFolder(),
    env: { ...ENV, DATABASE_URL: to },
  });
  for (const { cookie, bearer, device } of [ada, late]) {
    const moved = createWebClient(base);
    Object.assign(moved, { cookie, bearer, device });
    expect(await outcomeOfCall(await moved.query('auth.me'))).toBe('succeeded');
    const { accessToken } = await dataOf(await moved.mutate('auth.refresh'), signedInSchema);
    moved.bearer = accessToken;
    expect(await outcomeOfCall(await moved.query('auth.me'))).toBe('succeeded');
  }
  const revoked = createWebClient(base);
  Object.assign(revoked, ended);
  expect(await outcomeOfCall(await revoked.query('auth.me'))).toBe('session_revoked');
  expect(await outcomeOfCall(await revoked.mutate('auth.refresh'))).not.toBe('succeeded');

  const known = createWebClient(base);
  known.device = ada.device;
  await known.signIn('ada@example.com', GOOD_PASSWORD);
  expect(await kindsOfNotices(known)).toEqual([]);
  const stranger = createWebClient(base);
  await stranger.signIn('ada@example.com', GOOD_PASSWORD);
  expect(await kindsOfNotices(known)).toEqual(['new_device']);
  expect(await command(folder, words)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^--to: holds something else than a copy .*\n$/),
  });
}, 120_000);

async function kindsOfNotices(client: WebClient): Promise<string[]> {
  const notices = await dataOf(await client.query('notices.list'), z.array(z.object({ kind: z.string() })));
  return notices.map(({ kind }) => kind);
}

const EVENTS = 30_000;

/** Large enough to be killed in the middle. */
async function largeSource(): Promise<{ folder: string; url: string; db: Db }> {
  const { db, place } = await fullDatabase();
  onTestFinished(() => db.destroy());
  await sql`insert into security_events (id, account_id, kind, ip, user_agent, created_at)
    with recursive counter (n) as (select 1 union all select n + 1 from counter where n < ${EVENTS})
    select printf('f%08d', n), 'nobody', 'signed_in', '203.0.113.7', 'Test/1.0', n from counter`.execute(db);
  return { folder: temporaryFolder(), url: `sqlite:${place.file}`, db };
}

async function countEvents(db: Db): Promise<number> {
  try {
    const { rows } = await sql<{ count: number }>`select count(*) as count from security_events`.execute(db);
    return rows[0]?.count ?? 0;
  } catch {
    // Its tables are not there yet.
    return 0;
  }
}

test('killed in the middle again and again, a copy goes on where it was: nothing twice, nothing lost', async () => {
  const { folder, url, db } = await largeSource();
  const to = await takeLastingDatabase();
  await (await openUrl(to)).destroy();
  const target = await watchUrl(to);
  for (const point of [1, EVENTS / 4, EVENTS / 2]) {
    const { child, exit } = await start(folder, ['copy', '--from', url, '--to', to]);
    await vi.waitUntil(async () => (await countEvents(target)) >= point, { timeout: 30_000, interval: 1 });
    child.kill('SIGKILL');
    expect(await exit).toMatchObject({ signal: 'SIGKILL' });
    const done = await countEvents(target);
    expect(done).toBeGreaterThanOrEqual(point);
    expect(done).toBeLessThan(EVENTS);
    await expect(openUrl(to)).rejects.toThrow('a copy into it has not ended');
  }
  const left = EVENTS - (await countEvents(target));
  const { stdout } = await (await start(folder, ['copy', '--from', url, '--to', to])).exit;
  const [, copied] = /^copied: (\d+); taken out: 0; verified/.exec(stdout) ?? [];
  // What was there already was left alone.
  expect(Number(copied)).toBeLessThan(left + 200);
  expect(await readUrl(to)).toEqual(await readAll(db));
}, 120_000);

test('Ctrl-C ends it with one line, and the same command goes on', async () => {
  const { folder, url, db } = await largeSource();
  const to = await takeLastingDatabase();
  await (await openUrl(to)).destroy();
  const target = await watchUrl(to);
  const { child, exit } = await start(folder, ['copy', '--from', url, '--to', to]);
  await vi.waitUntil(async () => (await countEvents(target)) > 0, { timeout: 30_000, interval: 1 });
  child.kill('SIGINT');
  expect(await exit).toMatchObject({
    code: 130,
    stdout: '',
    stderr: 'stopped: the same command goes on from here\n',
  });
  expect(await command(folder, ['copy', '--from', url, '--to', to])).toMatchObject({ code: 0, stderr: '' });
  expect(await readUrl(to)).toEqual(await readAll(db));
}, 120_000);

test.runIf(engine === 'postgres')(
  'cut off from its source it says so in one line, and goes on the next time',
  async () => {
    const { folder, url, db } = await largeSource();
    const source = await takeLastingDatabase();
    expect(await command(folder, ['copy', '--from', url, '--to', source])).toMatchObject({ code: 0 });
    const file = join(folder, 'back.db');
    await (await openDatabase({ engine: 'sqlite', file })).destroy();
    const target = connectReader(file);
    onTestFinished(() => target.destroy());
    const words = ['copy', '--from', source, '--to', `sqlite:${file}`];
    const { exit } = await start(folder, words);
    await vi.waitUntil(async () => (await countEvents(target)) > 0, { timeout: 30_000, interval: 1 });
    const admin = await watchUrl(source);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(admin);
    const { code, stdout, stderr } = await exit;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^PostgreSQL is away \([^\n]+\): the same command goes on from here\n$/);
    expect(await command(folder, words)).toMatchObject({ code: 0, stderr: '' });
    expect(await readUrl(`sqlite:${file}`)).toEqual(await readAll(db));
  },
);

test.runIf(engine === 'postgres')('PostgreSQL is not backed up, and says what does it', async () => {
  const url = await takeLastingDatabase();
  expect(await command(temporaryFolder(), ['backup'], { DATABASE_URL: url, AUTH_SECRET: SECRET })).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'DATABASE_URL: is PostgreSQL, which has its own way: pg_dump --format=custom --file=FILE "$DATABASE_URL"\n',
  });
});

/** What the document has people say to SQLite before they start on a backup. */
function findStatement(document: string): string {
  const text = readFileSync(join(import.meta.dirname, '../..', document), 'utf8');
  return /sqlite3 data\/sallyport\.db "(update [^"]+)"/.exec(text)?.[1] ?? 'the document has no statement';
}

test.runIf(engine === 'sqlite')(
  'a backup under a running server is whole, private, over nothing, and can be started on',
  async () => {
    const folder = temporaryFolder();
    const { base } = await startProcess({ main: main(), folder, env: ENV });
    const ada = createWebClient(base);
    await ada.register();
    const { code, stdout, stderr } = await command(folder, ['backup', 'copy.db'], ENV);
    const size = statSync(join(folder, 'copy.db')).size;
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `copy.db: ${size} bytes, sound; it has everybody's password hash\n`,
      stderr: '',
    });
    expect(statSync(join(folder, 'copy.db')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['copy.db', 'data']);

    const digest = () =>
      createHash('sha256')
        .update(readFileSync(join(folder, 'copy.db')))
        .digest('hex');
    const before = digest();
    expect(await command(folder, ['backup', 'copy.db'], ENV)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'copy.db: is there already, and stays as it is\n',
    });
    expect(digest()).toBe(before);

    expect((await command(folder, ['backup'], ENV)).code).toBe(0);
    expect(readdirSync(join(folder, 'data')).join(' ')).toMatch(
      /sallyport-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db/,
    );

    const restore = () =>
      startProcess({
        main: main(),
        folder: temporaryFolder(),
        env: { ...ENV, DATABASE_URL: `sqlite:${join(folder, 'copy.db')}` },
      });
    const restored = await restore();
    const again = createWebClient(restored.base);
    Object.assign(again, { cookie: ada.cookie, bearer: ada.bearer, device: ada.device });
    expect(await outcomeOfCall(await again.query('auth.me'))).toBe('succeeded');
    expect(await outcomeOfCall(await again.mutate('auth.refresh'))).toBe('succeeded');
    restored.child.kill('SIGTERM');
    expect(await restored.exit).toMatchObject({ code: 0 });

    const database = new Database(join(folder, 'copy.db'));
    expect(database.prepare(findStatement('docs/MIGRATING.md')).run().changes).toBe(1);
    database.close();
    const afterwards = createWebClient((await restore()).base);
    Object.assign(afterwards, { cookie: again.cookie, bearer: ada.bearer });
    expect(await outcomeOfCall(await afterwards.query('auth.me'))).toBe('session_revoked');
    expect(await outcomeOfCall(await afterwards.mutate('auth.refresh'))).toBe('session_revoked');
  },
  120_000,
);

test.runIf(engine === 'sqlite')(
  'a backup is of one moment, whatever is written while it is made',
  async () => {
    const { folder, url, db } = await largeSource();
    const before = await countEvents(db);
    const file = url.slice('sqlite:'.length);
    const writer = new Database(file);
    onTestFinished(() => void writer.close());
    let steps = 0;
    await backUp(file, join(folder, 'copy.db'), () => {
      steps += 1;
      writer.exec(`delete from security_events where id = 'f${String(steps).padStart(8, '0')}'`);
    });
    expect(steps).toBeGreaterThan(1);
    const copy = await openDatabase({ engine: 'sqlite', file: join(folder, 'copy.db') });
    onTestFinished(() => copy.destroy());
    expect(await countEvents(copy)).toBe(before);
    expect(await countEvents(db)).toBe(before - steps);
  },
);

test.runIf(engine === 'sqlite')('of a backup that fails nothing is left', async () => {
  const folder = temporaryFolder();
  expect(await command(folder, ['backup', 'copy.db'], ENV)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^there is no database at .*sallyport\.db\n$/),
  });
  const { place, db } = await fullDatabase();
  onTestFinished(() => db.destroy());
  const stopped = backUp(place.file, join(folder, 'copy.db'), () => {
    throw new Error('stopped');
  });
  await expect(stopped).rejects.toThrow('stopped');
  const overtaken = backUp(place.file, join(folder, 'other.db'), () =>
    writeFileSync(join(folder, 'other.db'), 'of somebody else'),
  );
  await expect(overtaken).rejects.toThrow('EEXIST');
  expect(readFileSync(join(folder, 'other.db'), 'utf8')).toBe('of somebody else');
  const orphans = new Database(place.file);
  orphans.pragma('foreign_keys = off');
  orphans.exec(`update sessions set account_id = 'nobody'`);
  orphans.close();
  await expect(backUp(place.file, join(folder, 'copy.db'))).rejects.toThrow('the database is damaged');
  writeFileSync(join(folder, 'none.db'), 'no database at all');
  await expect(backUp(join(folder, 'none.db'), join(folder, 'copy.db'))).rejects.toThrow('not a database');
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'none.db', 'other.db']);
});
