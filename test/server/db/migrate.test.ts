import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectFile } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { skeletonOfAddress } from '../../../server/lib/skeleton.ts';
import { temporaryFolder } from '../../support/folder.ts';

const TABLES = [
  'accounts',
  'clients',
  'devices',
  'kysely_migration',
  'kysely_migration_lock',
  'local_mail',
  'mail_tokens',
  'notices',
  'outbox',
  'security_events',
  'sessions',
  'signing_keys',
  'throttles',
  'turns',
];
const MIGRATIONS = [
  '0001-initial',
  '0002-sessions-seen',
  '0003-oauth',
  '0004-account-life',
  '0005-found-by-address',
  '0006-many-processes',
];

function databaseFile(): string {
  return join(temporaryFolder(), 'test.db');
}

function inspect(file: string, query: string): unknown[] {
  const database = new Database(file, { readonly: true });
  onTestFinished(() => void database.close());
  return database.prepare(query).pluck().all();
}

const listTables = (file: string) =>
  inspect(file, `select name from sqlite_schema where type = 'table' order by name`);
const listMigrations = (file: string) => inspect(file, 'select name from kysely_migration');

/** A second process that has everything loaded and waits for the word. */
async function startMigratingProcess(file: string) {
  const script = fileURLToPath(new URL('../../support/migrating-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => output.push(line));
  await once(lines, 'line');
  const exited = once(child, 'close');
  return {
    go: () => child.stdin.end('go\n'),
    async outcome() {
      const [code]: unknown[] = await exited;
      return { code, output };
    },
  };
}

describe('migrating', () => {
  test('an empty file makes every table, and a second opening finds them and the data', async () => {
    const file = databaseFile();
    const first = connectFile(file);
    await migrate(first);
    const key = {
      kid: 'kept',
      alg: 'ES256',
      public_jwk: '',
      sealed_private_jwk: '',
      created_at: 0,
      active_from: 0,
    };
    await first.insertInto('signing_keys').values(key).execute();
    await first.destroy();

    const second = connectFile(file);
    onTestFinished(() => second.destroy());
    await migrate(second);
    expect(await second.selectFrom('signing_keys').select('kid').execute()).toEqual([{ kid: 'kept' }]);
    expect(listTables(file)).toEqual(TABLES);
    expect(listMigrations(file)).toEqual(MIGRATIONS);
  });

  test('one file from three processes at once: each succeeds, and every migration ran once', async () => {
    const file = databaseFile();
    const processes = await Promise.all([1, 2, 3].map(() => startMigratingProcess(file)));
    for (const each of processes) each.go();
    for (const each of processes)
      expect(await each.outcome()).toEqual({ code: 0, output: ['ready', 'migrated'] });
    expect(listTables(file)).toEqual(TABLES);
    expect(listMigrations(file)).toEqual(MIGRATIONS);
  }, 30_000);

  test('what fails half way leaves nothing half done', async () => {
    const file = databaseFile();
    const prepared = new Database(file);
    // Stands in the way of the last table of the first migration.
    prepared.exec('create table signing_keys (other text)');
    prepared.close();
    const db = connectFile(file);
    onTestFinished(() => db.destroy());
    await expect(migrate(db)).rejects.toThrow(/already exists/);
    expect(listTables(file)).toEqual(['kysely_migration', 'kysely_migration_lock', 'signing_keys']);
    expect(listMigrations(file)).toEqual([]);
  });

  test('accounts of an older release get their skeletons', async () => {
    const file = databaseFile();
    copyFileSync(join(import.meta.dirname, '../../data/upgrade/0003-oauth.db'), file);
    const db = connectFile(file);
    onTestFinished(() => db.destroy());
    await migrate(db);
    const accounts = await db.selectFrom('accounts').select(['email', 'email_skeleton']).execute();
    expect(accounts.length).toBeGreaterThan(3);
    for (const { email, email_skeleton } of accounts) expect(email_skeleton).toBe(skeletonOfAddress(email));
  });

  test('a database from a newer release is refused rather than used', async () => {
    const file = databaseFile();
    const db = connectFile(file);
    onTestFinished(() => db.destroy());
    await migrate(db);
    const newer = new Database(file);
    newer.exec(`insert into kysely_migration values ('9999-future', '2030-01-01')`);
    newer.close();
    await expect(migrate(db)).rejects.toThrow(/9999-future/);
  });
});
