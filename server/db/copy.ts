import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './connect.ts';
import { engineOf } from './engine.ts';
import { COPIED, type CopiedTable } from './copied-tables.ts';
import { inTransaction } from './transaction.ts';

/** Rows at a time. */
const BATCH = 500;

type Row = Record<string, string | number | null>;

/** A row that the target cannot hold. Names its place and nothing of what is in it. */
export class UncopiableRowError extends Error {
  override readonly name = 'UncopiableRowError';
}

export interface Copied {
  /** Were not there yet, or were others. */
  written: number;
  /** Are not in the source any more. */
  removed: number;
}

/**
 * Makes a table of the target the same as the source's, whatever is in it. Both are walked in the order of their keys, and only
 * what differs is written: so a copy that was broken off goes on where it was, and a second one brings what has changed since.
 * Source and target have the same schema. Told of each batch of rows that was looked at.
 */
export async function copyTable(
  { source, target }: { source: Db; target: Db },
  table: CopiedTable,
  onRows: (count: number) => void = () => {},
): Promise<Copied> {
  const outcome = { written: 0, removed: 0 };
  let after: Row | undefined;
  for (;;) {
    const rows = await readRows(source, table, { after });
    const last = rows.length < BATCH ? undefined : rows.at(-1);
    refuseUncopiable(target, table, rows);
    const from = after;
    const { written, removed } = await inTransaction(target, (trx) =>
      align(trx, table, { rows, after: from, upTo: last }),
    );
    outcome.written += written;
    outcome.removed += removed;
    onRows(rows.length);
    if (!last) return outcome;
    after = last;
  }
}

/** Rows, and a SHA-256 over all of them in the order of their keys: the same for the same rows, on either engine. */
export async function sumTable(
  db: Db,
  table: CopiedTable,
  onRows: (count: number) => void = () => {},
): Promise<{ count: number; checksum: string }> {
  const hash = createHash('sha256');
  let count = 0;
  let after: Row | undefined;
  do {
    const rows = await readRows(db, table, { after });
    for (const row of rows) hash.update(canonical(row));
    count += rows.length;
    onRows(rows.length);
    after = rows.length < BATCH ? undefined : rows.at(-1);
  } while (after);
  return { count, checksum: hash.digest('hex') };
}

export async function countRows(db: Db, table: CopiedTable): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** The source as it is at one moment, whoever writes to it meanwhile. */
export async function withSnapshot<Result>(db: Db, work: (snapshot: Db) => Promise<Result>): Promise<Result> {
  return db.connection().execute(async (connection) => {
    const begin =
      engineOf(db) === 'postgres'
        ? sql`start transaction isolation level repeatable read read only`
        : sql`begin`;
    await begin.execute(connection);
    try {
      return await work(connection);
    } finally {
      await sql`rollback`.execute(connection);
    }
  });
}

/** Of what the source has between two keys: everything behind the last one is one range too. */
async function align(
  trx: Db,
  table: CopiedTable,
  { rows, after, upTo }: { rows: Row[]; after: Row | undefined; upTo: Row | undefined },
): Promise<Copied> {
  const wanted = new Map(rows.map((row) => [keyOf(table, row), row]));
  const outcome = { written: 0, removed: 0 };
  for await (const present of walk(trx, table, { after, upTo })) {
    const row = wanted.get(keyOf(table, present));
    if (row && canonical(row) === canonical(present)) wanted.delete(keyOf(table, present));
    if (!row) {
      await remove(trx, table, present);
      outcome.removed += 1;
    }
  }
  for (const row of wanted.values()) await put(trx, table, row);
  outcome.written = wanted.size;
  return outcome;
}

async function* walk(
  db: Db,
  table: CopiedTable,
  { after, upTo }: { after: Row | undefined; upTo: Row | undefined },
): AsyncGenerator<Row> {
  let from = after;
  for (;;) {
    const rows = await readRows(db, table, { after: from, upTo });
    yield* rows;
    if (rows.length < BATCH) return;
    from = rows.at(-1);
  }
}

async function readRows(
  db: Db,
  table: CopiedTable,
  { after, upTo }: { after?: Row | undefined; upTo?: Row | undefined },
): Promise<Row[]> {
  const names = COPIED[table];
  const key = sql.join(names.map((name) => sql.ref(name)));
  const values = (row: Row) => sql.join(names.map((name) => sql`${row[name] ?? ''}`));
  const bounds = [
    ...(after ? [sql`(${key}) > (${values(after)})`] : []),
    ...(upTo ? [sql`(${key}) <= (${values(upTo)})`] : []),
  ];
  const where = bounds.length === 0 ? sql`` : sql`where ${sql.join(bounds, sql` and `)}`;
  const { rows } =
    await sql<Row>`select * from ${sql.table(table)} ${where} order by ${key} limit ${sql.lit(BATCH)}`.execute(
      db,
    );
  return rows;
}

/** Over what is there, so that nothing that belongs to it goes with it. A security event cannot be changed, only replaced. */
async function put(trx: Db, table: CopiedTable, row: Row): Promise<void> {
  const columns = Object.keys(row);
  if (table === 'security_events') await remove(trx, table, row);
  // Whose address went over to somebody else: it is still to be walked to, and then gets its own.
  if (table === 'accounts')
    await sql`update accounts set email = 'moved ' || id where email = ${row['email']} and id <> ${row['id']}`.execute(
      trx,
    );
  const key = sql.join(COPIED[table].map((name) => sql.ref(name)));
  const changes = columns.map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
    values (${sql.join(columns.map((name) => sql`${row[name] ?? null}`))})
    on conflict (${key}) do update set ${sql.join(changes)}`.execute(trx);
}

async function remove(trx: Db, table: CopiedTable, row: Row): Promise<void> {
  const conditions = COPIED[table].map((name) => sql`${sql.ref(name)} = ${row[name] ?? ''}`);
  await sql`delete from ${sql.table(table)} where ${sql.join(conditions, sql` and `)}`.execute(trx);
}

function refuseUncopiable(target: Db, table: CopiedTable, rows: readonly Row[]): void {
  if (engineOf(target) === 'sqlite') return;
  for (const row of rows)
    for (const [column, value] of Object.entries(row))
      if (typeof value === 'string' && value.includes('\0'))
        throw new UncopiableRowError(
          `${table}.${column} of ${keyOf(table, row)} holds a NUL, which PostgreSQL cannot store`,
        );
}

function keyOf(table: CopiedTable, row: Row): string {
  return COPIED[table].map((name) => row[name]).join(' ');
}

/** Columns by name: each database has its own order. */
function canonical(row: Row): string {
  return `${JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))}\n`;
}
