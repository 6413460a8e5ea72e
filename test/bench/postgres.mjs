// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './measure.mjs';

/** @typedef {{ url: string, stop: () => Promise<void> }} Postgres  an empty database, for this run alone */

const file = join(import.meta.dirname, '../support/postgres-server.mjs');

/**
 * Undefined, with a line that says why, where there is none: then the table has a column less.
 *
 * @returns {Promise<Postgres | undefined>}
 */
export async function findPostgres() {
  if (!existsSync(file)) {
    say('no column for PostgreSQL: the server does not speak it yet\n');
    return undefined;
  }
  const { startPostgres } = /** @type {{ startPostgres: () => Promise<Postgres> }} */ (await import(file));
  try {
    return await startPostgres();
  } catch (error) {
    say(`no column for PostgreSQL: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}
