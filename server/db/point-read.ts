import type { Compilable, CompiledQuery } from 'kysely';
import type { Db } from './connect.ts';
import { TransactionalSqliteAdapter, type ReadRow } from './sqlite.ts';

/** Stands where the value will, while the statement is being built. */
const PLACE = '';

/**
 * A statement that looks for one row by one value, for those that are in every call's way. Kysely builds and compiles its
 * query anew each time, which costs more than SQLite takes to answer it (some 10 µs); this is done once an engine here. Outside
 * a transaction SQLite is asked directly, see TransactionalSqliteAdapter.
 */
export function pointRead<Row>(
  build: (db: Db, value: string) => Compilable<Row>,
): (db: Db, value: string) => Promise<Row | undefined> {
  // By the adapter, which a connection shares with its transactions.
  const plans = new WeakMap<object, Plan<Row>>();
  return async (db, value) => {
    // Text in PostgreSQL has no such character, and it refuses the question. No row has it on any engine.
    if (value.includes('\0')) return undefined;
    const { adapter } = db.getExecutor();
    let plan = plans.get(adapter);
    if (!plan) plans.set(adapter, (plan = { query: build(db, PLACE).compile() }));
    if (!db.isTransaction && adapter instanceof TransactionalSqliteAdapter && adapter.prepareRead) {
      plan.readRow ??= adapter.prepareRead(plan.query.sql);
      // Boundary: a row of this query.
      return plan.readRow(value) as Row | undefined;
    }
    const { rows } = await db.executeQuery<Row>({ ...plan.query, parameters: [value] });
    return rows[0];
  };
}

interface Plan<Row> {
  query: CompiledQuery<Row>;
  readRow?: ReadRow;
}
