import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import {
  asUnusable,
  connectFile,
  connectPatiently,
  connectReader,
  type DatabasePlace,
  type Db,
} from '../connect.ts';
import { engineOf } from '../engine.ts';
import { migrate, readSchemaAge } from '../migrate.ts';
import { identify, readMark } from './mark.ts';
import { MoveError } from './move-error.ts';
import { readTables } from './tables.ts';

/** The client of our own pages, which the migrations put into every database. */
const FIRST_PARTY_CLIENT = 'sallyport';

/** The database to copy from. Nothing is changed in it, so it must be at the schema of this version already. */
export async function openSource(place: DatabasePlace): Promise<Db> {
  if (place.engine === 'sqlite' && !existsSync(place.file))
    throw new MoveError(`--from: there is no file ${place.file}`);
  return open('--from', {
    connect: () => (place.engine === 'sqlite' ? connectReader(place.file) : connectPatiently(place.url)),
    prepare: requireWhole,
  });
}

async function requireWhole(db: Db): Promise<void> {
  const age = await readSchemaAge(db);
  if (age === 'none') throw new MoveError('--from: there is no Sallyport in this database');
  if (age === 'newer') throw new MoveError('--from: a later version has used it: copy it with that one');
  if (age === 'older')
    throw new MoveError('--from: an earlier version has used it: start this version on it once, then copy');
  const mark = await readMark(db);
  if (mark?.finished === 0) throw new MoveError('--from: is itself a copy that has not ended');
}

/**
 * The database to copy into, at the current schema: with nothing in it, or a copy of the same installation that no server has
 * used yet.
 */
export async function openTarget(place: DatabasePlace, source: Db): Promise<Db> {
  return open('--to', {
    connect: () => (place.engine === 'sqlite' ? connectFile(place.file) : connectPatiently(place.url)),
    async prepare(db) {
      if ((await readSchemaAge(db)) === 'newer')
        throw new MoveError('--to: a later version has used it: copy with that one');
      await migrate(db);
      const mark = await readMark(db);
      if (mark?.source === (await identify(source))) return;
      if (mark || (await hasRows(db)))
        throw new MoveError(
          '--to: holds something else than a copy of --from, or has been used since it was copied: nothing is done to it. Give an empty database',
        );
    },
  });
}

async function open(
  option: string,
  { connect, prepare }: { connect: () => Db | Promise<Db>; prepare: (db: Db) => Promise<void> },
): Promise<Db> {
  let db: Db | undefined;
  try {
    db = await connect();
    await prepare(db);
    return db;
  } catch (error) {
    await db?.destroy();
    throw explain(option, error);
  }
}

/** The driver's own words: they name a host or a file, and never hold a password. */
function explain(option: string, error: unknown): unknown {
  if (error instanceof MoveError) return error;
  const cause = asUnusable(error);
  const isKnown = cause !== error || hasSqliteCode(error) || isUnusableName(error);
  return isKnown && cause instanceof Error
    ? new MoveError(`${option}: the database cannot be used (${cause.message})`, { cause: error })
    : error;
}

function hasSqliteCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');
}

function isUnusableName(error: unknown): boolean {
  return error instanceof Error && error.name === 'UnusableDatabaseError';
}

async function hasRows(db: Db): Promise<boolean> {
  for (const { name, key } of await readTables(db)) {
    const own = name === 'clients' ? sql`where id <> ${FIRST_PARTY_CLIENT}` : sql``;
    const { rows } = await sql`
      select ${sql.ref(key[0] ?? '')} from ${sql.table(name)} ${own} limit 1`.execute(db);
    if (rows.length > 0) return true;
  }
  return false;
}

/** What is read in `work` is as it was at one moment, whatever is written meanwhile; nobody has to wait for it. */
export async function inSnapshot<Result>(db: Db, work: (snapshot: Db) => Promise<Result>): Promise<Result> {
  return db.connection().execute(async (connection) => {
    const begin =
      engineOf(db) === 'sqlite'
        ? sql`begin`
        : sql`start transaction isolation level repeatable read, read only`;
    await begin.execute(connection);
    try {
      return await work(connection);
    } finally {
      await sql`rollback`.execute(connection);
    }
  });
}
