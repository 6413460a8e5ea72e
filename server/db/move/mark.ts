import { sql, type Kysely } from 'kysely';
import { hasTable } from '../catalog.ts';
import type { Schema } from '../schema.ts';
import { inTransaction } from '../transaction.ts';
import { MoveError } from './move-error.ts';

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

/** Of this call of the command alone, named by `run`: another one that is under way has lost the target. */
export async function beginMark(
  db: Kysely<Schema>,
  { source, run }: Pick<Mark, 'source'> & { run: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await sql`create table if not exists ${sql.table(TABLE)}
      (source text not null, run text not null, finished integer not null)`.execute(trx);
    await sql`delete from ${sql.table(TABLE)}`.execute(trx);
    await sql`insert into ${sql.table(TABLE)} (source, run, finished) values (${source}, ${run}, 0)`.execute(
      trx,
    );
  });
}

/** First in each transaction that writes: until that ends, whoever else wants the target waits. */
export async function holdMark(trx: Kysely<Schema>, run: string): Promise<void> {
  await setFinished(trx, run, 0);
}

export async function finishMark(db: Kysely<Schema>, run: string): Promise<void> {
  await setFinished(db, run, 1);
}

async function setFinished(db: Kysely<Schema>, run: string, finished: number): Promise<void> {
  if (await hasTable(db, TABLE)) {
    const { numAffectedRows } = await sql`
      update ${sql.table(TABLE)} set finished = ${finished} where run = ${run}`.execute(db);
    if (numAffectedRows === 1n) return;
  }
  throw new MoveError('--to: another copy, or a server, has begun to use it meanwhile');
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
