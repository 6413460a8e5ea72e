import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../server/db/connect.ts';
import { startPostgres } from './postgres-server.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the tests of this project have their databases; not there: SQLite. */
    postgres: PostgresForTests | undefined;
  }
}

export interface PostgresForTests {
  /** Of a database from which others are made. */
  url: string;
  /** A database with the current schema and nothing in it, to be copied. */
  template: string;
}

/** For the project that runs on PostgreSQL: a server, and a template of the database that each test begins with. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  const template = `sallyport_test_${process.pid}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database ${template}`);
  const db = await openDatabase({ engine: 'postgres', url: urlOf(server.url, template), poolSize: 1 });
  await db.destroy();
  project.provide('postgres', { url: server.url, template });
  return async () => {
    const { rows } = await admin.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [template],
    );
    for (const { datname } of rows) await admin.query(`drop database ${datname} with (force)`);
    await admin.end();
    await server.stop();
  };
}

/** The same server and user, another database. */
export function urlOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
