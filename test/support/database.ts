import { join } from 'node:path';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { openDatabase, type Db } from '../../server/db/connect.ts';
import type { Engine } from '../../server/db/engine.ts';
import { temporaryFolder } from './folder.ts';
import { urlOf, type PostgresForTests } from './postgres-setup.ts';

/** What the tests of this run are about. The same tests run on both. */
export const engine: Engine = inject('postgres') ? 'postgres' : 'sqlite';

/** Databases that were used and are empty again, by this worker: to make one takes longer than most tests. */
const free: string[] = [];
let made = 0;

/** `DATABASE_URL` of an empty database for one application. `release` when it is closed. */
export async function borrowDatabase(): Promise<{ url: string; release: () => Promise<void> }> {
  const postgres = inject('postgres');
  if (!postgres) return { url: 'sqlite::memory:', release: async () => {} };
  const name = free.pop() ?? (await makeDatabase(postgres));
  return {
    url: urlOf(postgres.url, name),
    async release() {
      await empty(urlOf(postgres.url, name));
      free.push(name);
    },
  };
}

/** The same until the test ends. */
export async function takeDatabase(): Promise<string> {
  const { url, release } = await borrowDatabase();
  onTestFinished(release);
  return url;
}

/** One that outlives the application, and that several can have at once. */
export async function takeLastingDatabase(): Promise<string> {
  return engine === 'postgres' ? takeDatabase() : `sqlite:${join(temporaryFolder(), 'sallyport.db')}`;
}

/** By the `DATABASE_URL` of a test, beside the application that has it. */
export async function openUrl(url: string): Promise<Db> {
  return openDatabase(
    url.startsWith('sqlite:')
      ? { engine: 'sqlite', file: url.slice('sqlite:'.length) }
      : { engine: 'postgres', url, poolSize: 5 },
  );
}

async function makeDatabase({ url, template }: PostgresForTests): Promise<string> {
  const name = `${template}_${process.pid}_${(made += 1)}`;
  await run(url, `create database ${name} template ${template} strategy file_copy`);
  return name;
}

/** As after the migrations: nobody but the client of our own pages. */
const EMPTY = `do $$ declare target text; begin
  for target in select table_name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'kysely_%' and table_name <> 'accounts'
  loop execute format('delete from %I %s', target, case target when 'clients' then 'where id <> ''sallyport''' else '' end); end loop;
  delete from accounts;
end $$`;

async function empty(url: string): Promise<void> {
  await run(url, EMPTY);
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
