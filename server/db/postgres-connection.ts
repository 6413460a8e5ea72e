import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { BoundedMap } from '../lib/bounded-map.ts';
import { DatabaseAwayError, hasLost, isCut, isStalePlan, translate } from './postgres-errors.ts';

/** The project has some dozens of statements; the bound only matters if one is ever built from input. */
const MAX_STATEMENTS = 500;

/**
 * A statement with more is about a list, and another one for each length of it: PostgreSQL would keep every one of them on every
 * connection until that ends. It is parsed each time.
 */
const MOST_PARAMETERS = 40;

/**
 * Names for statements, so that PostgreSQL parses and plans each once a connection. `forget` gives all of them new names: those
 * that were prepared before a table had its newest columns cannot be used any more.
 */
export interface StatementNames {
  nameOf(sql: string): string;
  forget(): void;
}

export function createStatementNames(): StatementNames {
  let names = new BoundedMap<string, string>(MAX_STATEMENTS);
  // Never the same one twice: a connection may still hold the other statement of that name.
  let made = 0;
  return {
    nameOf(sql) {
      const known = names.get(sql);
      if (known !== undefined) return known;
      const name = `s${(made += 1)}`;
      names.set(sql, name);
      return name;
    },
    forget() {
      names = new BoundedMap(MAX_STATEMENTS);
    },
  };
}

/** Repeated, they do no harm, whatever became of the first time. */
const HARMLESS = /^(select|start transaction)\b/;
/**
 * Milliseconds in which it is repeated more than once. When every connection of a pool is cut, the next one that it gives may
 * be another of those. Whoever has waited for longer than this has met silence, and would wait in vain again and again.
 */
const REPEAT_WITHIN = 1_000;

const BEGINS = /^start transaction\b/;
const ENDS = /^(commit|rollback)$/;

const NOTHING = { command: 'SELECT' as const, rowCount: 0, rows: [] };

/**
 * A connection out of the pool, as Kysely wants it, for one statement or one transaction. What harms nobody when it is repeated
 * is done again, on a fresh connection, when the one that it was to be done on turns out to be cut: a pool learns that only when
 * it asks.
 */
export class PostgresConnection implements PostgresPoolClient {
  readonly #pool: Pool;
  readonly #names: StatementNames;
  #client: PoolClient;
  #isCut = false;
  /** There was no other to be had in the place of one that was cut. */
  #isGone = false;
  #inTransaction = false;

  private constructor(pool: Pool, names: StatementNames, client: PoolClient) {
    this.#pool = pool;
    this.#names = names;
    this.#client = client;
  }

  /** Fails with `DatabaseAwayError` when there is none to be had in time. */
  static async open(pool: Pool, names: StatementNames): Promise<PostgresConnection> {
    return new PostgresConnection(pool, names, await acquire(pool));
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new TypeError('cursors are not in use');
    return this.#query<R>(sql, parameters);
  }

  /** Whoever gets it next must not go on in a transaction that could not be ended. */
  release(): void {
    if (!this.#isGone) this.#client.release(this.#isCut || this.#inTransaction);
  }

  async #query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // With its connection a transaction is gone: the server has undone it.
    if (sql === 'rollback' && this.#isCut) return NOTHING;
    const deadline = performance.now() + REPEAT_WITHIN;
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (this.#isCut && !this.#inTransaction) await this.#replace();
        return await this.#run<R>(sql, parameters);
      } catch (error) {
        const mayRepeat = !this.#inTransaction && this.#prepareToRepeat(sql, error);
        if (!mayRepeat || (attempt > 1 && performance.now() > deadline)) throw this.#explain(sql, error);
      }
    }
  }

  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // Kysely's type wants the command narrower than the driver declares it. Boundary: both speak of the same protocol.
    const result = (await this.#client.query({
      text: sql,
      values: [...parameters],
      ...(isPrepared(parameters) && { name: this.#names.nameOf(sql) }),
    })) as unknown as PostgresQueryResult<R>;
    if (sql === 'commit') requireCommitted(result);
    if (BEGINS.test(sql)) this.#inTransaction = true;
    if (ENDS.test(sql)) this.#inTransaction = false;
    return result;
  }

  /** True when it may be done again. Whatever has lost, or has a plan that is out of date, has done nothing yet. */
  #prepareToRepeat(sql: string, error: unknown): boolean {
    if (isStalePlan(error)) this.#names.forget();
    if (hasLost(error)) return true;
    if (this.#isGone) return false;
    this.#isCut = isCut(error);
    return this.#isCut && HARMLESS.test(sql);
  }

  #explain(sql: string, error: unknown): unknown {
    if (isStalePlan(error)) this.#names.forget();
    this.#isCut ||= isCut(error);
    // A commit may have been carried out although nobody heard of it, and so may a single statement.
    return translate(error, { undone: this.#inTransaction && sql !== 'commit' });
  }

  async #replace(): Promise<void> {
    this.#client.release(true);
    this.#isGone = true;
    this.#client = await acquire(this.#pool);
    this.#isGone = false;
    this.#isCut = false;
  }
}

function isPrepared({ length }: readonly unknown[]): boolean {
  return length > 0 && length <= MOST_PARAMETERS;
}

/**
 * In a transaction in which a statement has failed PostgreSQL answers COMMIT with ROLLBACK, and calls that no error. Somebody
 * who has caught that failure would take for done what is undone.
 */
function requireCommitted({ command }: { command: string }): void {
  if (command !== 'COMMIT') throw new Error('a transaction went on after one of its statements had failed');
}

async function acquire(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw isCut(error) ? new DatabaseAwayError(error, { undone: true }) : error;
  }
}
