import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { urlOf } from './postgres-setup.ts';

/** Over a connection of its own, beside the application that has the database. Returns the rows. */
export async function askPostgres(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}

/** A database without a single table, until the test ends. */
export async function takeBareDatabase(): Promise<string> {
  const postgres = inject('postgres');
  if (!postgres) throw new Error('this test is for PostgreSQL');
  // The run drops what begins like its template.
  const name = `${postgres.template}_bare_${crypto.randomUUID().replaceAll('-', '')}`;
  await askPostgres(postgres.url, `create database ${name}`);
  onTestFinished(async () => {
    await askPostgres(postgres.url, `drop database ${name} with (force)`);
  });
  return urlOf(postgres.url, name);
}
