import Database from 'better-sqlite3';
import { vi } from 'vitest';

export interface WatchedStatements {
  /** SQL of every statement that SQLite was asked to compile, in order. */
  readonly prepared: string[];
  /** SQL of every statement that SQLite executed, in order. */
  readonly executed: string[];
  /** How many rows each of them gave. */
  readonly rows: number[];
  /** Forgets what was seen so far. */
  reset(): void;
}

/**
 * Watches SQLite's driver itself, below everything of ours, so that no query can slip past. Sees every database
 * of the process. Once a test: the spies are taken off when it ends (fail-on-noise.ts).
 */
export function watchStatements(): WatchedStatements {
  const probe = new Database(':memory:');
  // Boundary: the driver's types do not say that all statements share this prototype.
  const statementPrototype = Object.getPrototypeOf(probe.prepare('select 1')) as Database.Statement;
  probe.close();

  const prepare = vi.spyOn(Database.prototype, 'prepare');
  const executions = (['all', 'get', 'run'] as const).map((method) => vi.spyOn(statementPrototype, method));
  const inOrder = () =>
    executions
      .flatMap(({ mock }) =>
        mock.contexts.map((statement, index) => ({
          order: mock.invocationCallOrder[index] ?? 0,
          // Boundary: whatever these methods are called on is a statement.
          sql: (statement as Database.Statement).source,
          result: mock.results[index]?.value as unknown,
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
      return inOrder().map(({ result }) => (Array.isArray(result) ? result.length : 0));
    },
    reset() {
      for (const spy of [prepare, ...executions]) spy.mockClear();
    },
  };
}
