import type { Compilable, CompiledQuery } from 'kysely';
import type { Db } from './connect.ts';

/** Stands where the value will, while the statement is being built. */
const PLACE = '';

/**
 * A statement that looks for one row by one value, for those that are in every call's way. Kysely builds and compiles its
 * query anew each time, which costs more than SQLite takes to answer it (some 10 µs); this is done once an engine here.
 */
export function pointRead<Row>(
  build: (db: Db, value: string) => Compilable<Row>,
): (db: Db, value: string) => Promise<Row | undefined> {
  // By the adapter, which a connection shares with its transactions.
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  return async (db, value) => {
    // Text in PostgreSQL has no such character, and it refuses the question. No row has it on any engine.
    if (value.includes('\0')) return undefined;
    const { adapter } = db.getExecutor();
    const query = compiled.get(adapter) ?? build(db, PLACE).compile();
    compiled.set(adapter, query);
    const { rows } = await db.executeQuery<Row>({ ...query, parameters: [value] });
    return rows[0];
  };
}
