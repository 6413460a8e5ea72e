import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { findBindingFault } from './binding.ts';
import { Failure } from '../lib/failure.ts';
import { migrate } from './migrate.ts';
import { readMark, removeMark } from './move/mark.ts';
import type { PoolUsage, PostgresSettings } from './postgres.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect, createSqliteReader } from './sqlite.ts';

export type Db = Kysely<Schema>;

/** Where the database is. `file` is a path or `:memory:`. */
export type DatabasePlace =
  { engine: 'sqlite'; file: string } | ({ engine: 'postgres' } & Pick<PostgresSettings, 'url' | 'poolSize'>);

const pools = new WeakMap<Db, () => PoolUsage>();

export class UnusableDatabaseError extends Error {
  override readonly name = 'UnusableDatabaseError';
}

interface ConnectOptions {
  /** Of connections to PostgreSQL that were cut while nobody used them. */
  onIdleError?: (error: Error) => void;
}

/** Opens the database and brings it to the current schema. The engine is chosen here and nowhere else. */
export async function openDatabase(place: DatabasePlace, options: ConnectOptions = {}): Promise<Db> {
  if (place.engine === 'sqlite') {
    const db = connectFile(place.file);
    await prepare(db);
    return db;
  }
  try {
    await preparePatiently(place.url);
    return await connectServer(place, options);
  } catch (error) {
    throw asUnusable(error);
  }
}

/** Half of the accounts would pass for all of them; and what is done in a copy from now on, no further copy may undo. */
async function prepare(db: Db): Promise<void> {
  const mark = await readMark(db);
  if (mark?.finished === 0)
    throw new UnusableDatabaseError(
      'a copy into it has not ended: call npm run db -- copy once more, as you did before',
    );
  await migrate(db);
  if (mark) await removeMark(db);
}

/** One line for what an operator can mend; anything else as it is. */
export function asUnusable(error: unknown): unknown {
  return isUnusable(error) ? new UnusableDatabaseError(describe(error), { cause: error }) : error;
}

/** SQLite, without a look at the schema. */
export function connectFile(file: string): Db {
  try {
    if (file !== ':memory:') {
      const fault = findBindingFault();
      if (fault !== undefined) throw new Error(fault);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // For the owner alone, from its first byte; SQLite gives its journal the same mode.
      closeSync(openSync(file, 'a', 0o600));
    }
    return new Kysely<Schema>({ dialect: createSqliteDialect(file) });
  } catch (error) {
    throw new UnusableDatabaseError(describe(error), { cause: error });
  }
}

/** SQLite, to read only. */
export function connectReader(file: string): Db {
  try {
    return new Kysely<Schema>({ dialect: createSqliteReader(file) });
  } catch (error) {
    throw new UnusableDatabaseError(describe(error), { cause: error });
  }
}

/** PostgreSQL, without a look at the schema: it is asked with the first statement. Its driver is loaded where it is wanted only. */
async function connectServer(
  settings: Pick<PostgresSettings, 'url' | 'poolSize'>,
  options: ConnectOptions = {},
): Promise<Db> {
  const { createPostgresDialect } = await import('./postgres.ts');
  const { dialect, usage } = createPostgresDialect({ ...settings, ...options });
  const db = new Kysely<Schema>({ dialect });
  pools.set(db, usage);
  return db;
}

/** A look at its connections, where it has a pool of them: on PostgreSQL. */
export function poolOf(db: Db): (() => PoolUsage) | undefined {
  return pools.get(db);
}

/** Over a connection of its own: those that serve calls give up long before a large table has a new column. */
async function preparePatiently(url: string): Promise<void> {
  const patient = await connectPatiently(url);
  try {
    await prepare(patient);
  } finally {
    await patient.destroy();
  }
}

/** PostgreSQL, without a look at the schema, for what takes long. */
export async function connectPatiently(url: string): Promise<Db> {
  const { createPatientPostgresDialect } = await import('./postgres.ts');
  return new Kysely<Schema>({ dialect: createPatientPostgresDialect(url) });
}

/** Fails when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await db.selectFrom('signing_keys').select('kid').limit(1).execute();
}

/** Away, not let in, or no such database: what an operator can mend. */
function isUnusable(error: unknown): boolean {
  if (error instanceof Failure) return true;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: 28 authorization, 3D no such database, 42501 no right.
  return error instanceof Error && 'code' in error && /^(28|3D|42501)/.test(String(error.code));
}

function describe(error: unknown): string {
  const cause = error instanceof Failure ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.map(describe).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}
