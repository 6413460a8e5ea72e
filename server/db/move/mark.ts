import { sql, type Kysely } from 'kysely';
import { hasTable } from '../catalog.ts';
import type { Schema } from '../schema.ts';

/** Not of the schema: only a database that is being copied into has it. */
const TABLE = 'sallyport_copy';

/** What a copy leaves in its target, from before its first row until the database is used. */
export interface Mark {
  /** The installation that is copied, see `identify`. */
  source: string;
  /** 0: rows are missing. */
  finished: number;
}

export async function readMark(db: Kysely<Schema>): Promise<Mark | undefined> {
  if (!(await hasTable(db, TABLE))) return undefined;
  const { rows } = await sql<Mark>`select source, finished from ${sql.table(TABLE)}`.execute(db);
  return rows[0];
}

export async function writeMark(db: Kysely<Schema>, { source, finished }: Mark): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`create table if not exists ${sql.table(TABLE)} (source text not null, finished integer not null)`.execute(
      trx,
    );
    await sql`delete from ${sql.table(TABLE)}`.execute(trx);
    await sql`insert into ${sql.table(TABLE)} (source, finished) values (${source}, ${finished})`.execute(
      trx,
    );
  });
}

/** From here on the database has a life of its own, and another copy into it would undo that. */
export async function removeMark(db: Kysely<Schema>): Promise<void> {
  await sql`drop table if exists ${sql.table(TABLE)}`.execute(db);
}

/**
 * Which installation a database is of: when its first migration ran, to the millisecond. No later version changes that, and a backup
 * that is put back has the same.
 */
export async function identify(db: Kysely<Schema>): Promise<string> {
  const { rows } = await sql<{ timestamp: string }>`
    select timestamp from kysely_migration order by name limit 1`.execute(db);
  return rows[0]?.timestamp ?? '';
}
