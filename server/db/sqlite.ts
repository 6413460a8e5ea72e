import Database from 'better-sqlite3';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely';
import { BoundedMap } from '../lib/bounded-map.ts';

/** The project has some dozens of statements; the bound only matters if one is ever built from input. */
const MAX_STATEMENTS = 500;

/** Milliseconds to wait for another process that holds the file. */
const BUSY_TIMEOUT = 5000;
const BUSY_PAUSE = 20;

/** What was acknowledged survives a power cut (FULL), and no row points nowhere. */
const PRAGMAS = [`busy_timeout = ${BUSY_TIMEOUT}`, 'synchronous = FULL', 'foreign_keys = ON'];

/**
 * Kysely's dialect, with two differences. It prepares each statement once, not at every execution (20 µs a
 * point read become 6–12). And a transaction begins IMMEDIATE: one that reads first and writes later would
 * otherwise fail with SQLITE_BUSY under a second process, after its decision was made.
 */
export function createSqliteDialect(file: string): SqliteDialect {
  const database = new Database(file);
  for (const pragma of PRAGMAS) database.pragma(pragma);
  useWriteAheadLog(database);
  return dialectOn(database, file === ':memory:' ? undefined : openReader(file));
}

/** Of a file that is there, to read only: nothing in it changes, and a server that uses it is not held up. */
export function createSqliteReader(file: string): SqliteDialect {
  return dialectOn(openReader(file));
}

function openReader(file: string): Database.Database {
  return new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
}

function dialectOn(database: Database.Database, reader?: Database.Database): SqliteDialect {
  const close = () => {
    reader?.close();
    database.close();
  };
  const prepareRead = reader && rowReaderOn(reader);
  return new ImmediateSqliteDialect({ database: { prepare: preparedOnce(database), close } }, prepareRead);
}

function preparedOnce(database: Database.Database): (sql: string) => SqliteStatement {
  const statements = new BoundedMap<string, SqliteStatement>(MAX_STATEMENTS);
  return (sql) => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}

/** The first row with `value` in the place of the query's one parameter. Boundary: the columns are what the query says. */
export type ReadRow = (value: string) => unknown;

type PrepareRead = (sql: string) => ReadRow;

function rowReaderOn(database: Database.Database): PrepareRead {
  return (sql) => {
    const statement = database.prepare<[string]>(sql);
    return (value) => statement.get(value);
  };
}

/**
 * Readers never wait. Of processes that switch a new file at once, SQLite refuses all but one immediately: they
 * would have to upgrade a read lock, and for that it does not wait. They only have to ask again.
 */
function useWriteAheadLog(database: Database.Database): void {
  for (let waited = 0; ; waited += BUSY_PAUSE) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || waited >= BUSY_TIMEOUT) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE);
    }
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #prepareRead: PrepareRead | undefined;

  constructor(config: SqliteDialectConfig, prepareRead: PrepareRead | undefined) {
    super(config);
    this.#config = config;
    this.#prepareRead = prepareRead;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter(this.#prepareRead);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/**
 * SQLite's DDL is transactional. Saying so makes Kysely's migrator run in one transaction: all or nothing, and
 * its write lock is what keeps two starting processes from migrating at once.
 */
export class TransactionalSqliteAdapter extends SqliteAdapter {
  /**
   * By a connection that only reads, for what is not part of a transaction: it waits for none, and takes a third of the time
   * that a statement takes through Kysely. Undefined for a database in memory, which has one connection.
   */
  readonly prepareRead: PrepareRead | undefined;

  constructor(prepareRead: PrepareRead | undefined) {
    super();
    this.prepareRead = prepareRead;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
