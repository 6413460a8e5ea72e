import Database from 'better-sqlite3';
import pg from 'pg';
import { vi } from 'vitest';
import { engine } from './database.ts';

/** All that a call of `auth.me` asks the database. */
export const PROFILE_READ =
  'select "id", "email", "email_verified_at", "name", "created_at", "disabled_at" from "accounts" where "id" = ?';

export interface WatchedStatements {
  /** SQL of every statement that the database was asked to compile, in order. */
  readonly prepared: string[];
  /** SQL of every statement that was executed, in order. */
  readonly executed: string[];
  /** How many rows each of them gave. */
  readonly rows: number[];
  /** Forgets what was seen so far. */
  reset(): void;
}

/**
 * Watches the driver itself, below everything of ours, so that no query can slip past. Sees every database of the
 * process. Once a test: the spies are taken off when it ends (fail-on-noise.ts).
 */
export function watchStatements(): WatchedStatements {
  return engine === 'postgres' ? watchPostgres() : watchSqlite();
}

function watchSqlite(): WatchedStatements {
  const probe = new Database(':memory:');
  // Boundary: the driver's types do not say that all statements share this prototype.
  const statementPrototype = Object.getPrototypeOf(probe.prepare('select 1')) as Database.Statement;
  probe.close();

  const prepare = vi.spyOn(Database.prototype, 'prepare');
  const executions = (['all', 'get', 'run'] as const).map((method) => ({
    method,
    spy: vi.spyOn(statementPrototype, method),
  }));
  const inOrder = () =>
    executions
      .flatMap(({ method, spy: { mock } }) =>
        mock.contexts.map((statement, index) => ({
          order: mock.invocationCallOrder[index] ?? 0,
          // Boundary: whatever these methods are called on is a statement.
          sql: (statement as Database.Statement).source,
          rows: countRows(method, mock.results[index]?.value),
        })),
      )
      .toSorted((a, b) => a.order - b.order);
  return {
    get prepared() {
      return prepare.mock.calls.map(([sql]) => sql);
    },
    get executed() {
      return inOrder().map(({ sql }) => sql);
    },
    get rows() {
      return inOrder().map(({ rows }) => rows);
    },
    reset() {
      for (const spy of [prepare, ...executions.map((execution) => execution.spy)]) spy.mockClear();
    },
  };
}

function countRows(method: 'all' | 'get' | 'run', result: unknown): number {
  if (method === 'get') return result === undefined ? 0 : 1;
  return Array.isArray(result) ? result.length : 0;
}

/** What a connection is asked: a statement is compiled once for each name, and each time without one. */
interface Question {
  text: string;
  name?: string;
}

function watchPostgres(): WatchedStatements {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  // Boundary: every question of ours is such an object. What the driver's types allow besides is not used.
  const questions = () => query.mock.calls.map(([question]) => question as unknown as Question);
  /** By connection, the names that it knew before what is seen now. */
  const known = new Map<unknown, Set<string>>();
  function findPrepared(before: typeof known, { remember = false } = {}): string[] {
    const names = remember ? before : new Map([...before].map(([client, set]) => [client, new Set(set)]));
    return questions()
      .filter(({ name }, index) => {
        if (name === undefined) return true;
        const client = query.mock.contexts[index];
        const ofClient = names.get(client) ?? new Set();
        names.set(client, ofClient);
        return !ofClient.has(name) && ofClient.add(name);
      })
      .map(({ text }) => text);
  }
  return {
    get prepared() {
      return findPrepared(known);
    },
    get executed() {
      // As SQLite has it, so that a test reads the same.
      return questions().map(({ text }) => text.replaceAll(/\$\d+/g, '?'));
    },
    get rows() {
      return query.mock.settledResults.map(({ type, value }) =>
        // Boundary: what it resolves to.
        type === 'fulfilled' ? (value as unknown as pg.QueryResult).rows.length : 0,
      );
    },
    reset() {
      findPrepared(known, { remember: true });
      query.mockClear();
    },
  };
}
