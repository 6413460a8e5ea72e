import { Migrator, sql, type Kysely } from 'kysely';
import { hasTable } from './catalog.ts';
import { up as initial } from './migrations/0001-initial.ts';
import { up as sessionsSeen } from './migrations/0002-sessions-seen.ts';
import { up as oauth } from './migrations/0003-oauth.ts';
import { up as accountLife } from './migrations/0004-account-life.ts';
import { up as foundByAddress } from './migrations/0005-found-by-address.ts';
import { up as manyProcesses } from './migrations/0006-many-processes.ts';
import type { Schema } from './schema.ts';

/** In order, and never edited after a release: each is the only witness of how existing databases were made. */
const MIGRATIONS = {
  '0001-initial': { up: initial },
  '0002-sessions-seen': { up: sessionsSeen },
  '0003-oauth': { up: oauth },
  '0004-account-life': { up: accountLife },
  '0005-found-by-address': { up: foundByAddress },
  '0006-many-processes': { up: manyProcesses },
};

/** Brings the database to the current schema, under the engine's lock. Throws what failed; nothing is half done. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** How a database stands to this version: `none`, nothing was ever made in it; `newer`, a later version has been at it. */
export async function readSchemaAge(db: Kysely<Schema>): Promise<'none' | 'older' | 'current' | 'newer'> {
  if (!(await hasTable(db, 'kysely_migration'))) return 'none';
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  if (rows.length === 0) return 'none';
  if (!rows.every(({ name }) => Object.hasOwn(MIGRATIONS, name))) return 'newer';
  return rows.length < Object.keys(MIGRATIONS).length ? 'older' : 'current';
}
