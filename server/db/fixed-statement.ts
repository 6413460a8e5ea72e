import type { Compilable, CompiledQuery } from 'kysely';
import type { Db } from './connect.ts';

/**
 * A statement whose text is always the same and whose values are not, for those that are in every call's way. Kysely builds
 * and compiles its query anew each time, which costs more than SQLite takes to answer it (some 10 µs); this is done once an
 * engine here. `build` is given a value for each name and has to put it down as it is: a value that it changes, or leaves
 * out, would never reach the database, so the first call refuses it.
 */
export function fixedStatement<Values extends Record<string, unknown>, Row>(
  build: (db: Db, values: Values) => Compilable<Row>,
): (db: Db, values: Values) => Promise<Row[]> {
  // By the adapter, which a connection shares with its transactions.
  const plans = new WeakMap<object, Plan<Row>>();
  return async (db, values) => {
    const { adapter } = db.getExecutor();
    const plan = plans.get(adapter) ?? makePlan<Values, Row>((places) => build(db, places), values);
    plans.set(adapter, plan);
    const parameters = plan.order.map((name) => values[name]);
    const { rows } = await db.executeQuery<Row>({ ...plan.query, parameters });
    return rows;
  };
}

interface Plan<Row> {
  query: CompiledQuery<Row>;
  /** Of each parameter, the name of its value. */
  order: string[];
}

function makePlan<Values extends Record<string, unknown>, Row>(
  build: (places: Values) => Compilable<Row>,
  values: Values,
): Plan<Row> {
  const names = new Map<unknown, string>();
  const places = Object.fromEntries(
    Object.keys(values).map((name) => {
      const place = { place: name };
      names.set(place, name);
      return [name, place];
    }),
  );
  // Boundary: stand-ins, which Kysely carries through to the parameters without looking at them.
  const query = build(places as Values).compile();
  const order = query.parameters.map((parameter) => {
    const name = names.get(parameter);
    if (name === undefined)
      throw new Error('a fixed statement has a parameter that is not one of its values');
    return name;
  });
  const unused = Object.keys(values).find((name) => !order.includes(name));
  if (unused !== undefined) throw new Error(`a fixed statement leaves out its value ${unused}`);
  return { query, order };
}
