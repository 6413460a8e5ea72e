import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../connect.ts';
import { engineOf } from '../engine.ts';
import type { Table } from './tables.ts';

export type Value = string | number | null;

/** In the order of the table's columns. */
export type Row = readonly Value[];

/** Bytes of rows in memory at once, about: a page is as many rows as were that large the last time. */
const PAGE_BYTES = 1 << 20;
const FIRST_PAGE = 100;
const MAX_PAGE = 2_000;

/** Called for each page with the number of its rows; what it throws ends the walk. */
export type Watch = (rows: number) => void;

/** All rows in the order of their keys, byte by byte, which is the same on both engines. A page at a time. */
export async function* readRows(db: Db, table: Table, watch: Watch): AsyncGenerator<Row> {
  let after: Row | undefined;
  for (let size = FIRST_PAGE; ;) {
    const page = await readPage(db, table, { after, size });
    // SQLite answers without a pause: nobody would hear of a signal.
    await setImmediate();
    watch(page.length);
    yield* page;
    if (page.length < size) return;
    after = page.at(-1);
    const bytes = page.reduce((sum, row) => sum + sizeOf(row), 0) / page.length;
    size = Math.max(1, Math.min(MAX_PAGE, Math.floor(PAGE_BYTES / bytes)));
  }
}

async function readPage(
  db: Db,
  { name, key, columns }: Table,
  { after, size }: { after: Row | undefined; size: number },
): Promise<Row[]> {
  const keys = sql.join(key.map((column) => sql.ref(column)));
  const rest = after ? sql`where (${keys}) > (${sql.join(after.slice(0, key.length))})` : sql``;
  const { rows } = await sql<Record<string, Value>>`
    select ${sql.join(columns.map((column) => sql.ref(column.name)))}
    from ${sql.table(name)} ${rest} order by ${keys} limit ${size}`.execute(db);
  return rows.map((row) => columns.map((column) => row[column.name] ?? null));
}

/** Bytes, about. */
export function sizeOf(row: Row): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 16);
}

/** Below zero when the key of `a` comes first, as the databases have it. */
export function compareKeys({ key }: Table, a: Row, b: Row): number {
  for (let index = 0; index < key.length; index += 1) {
    const order = Buffer.compare(Buffer.from(String(a[index])), Buffer.from(String(b[index])));
    if (order !== 0) return order;
  }
  return 0;
}

/** For an operator: every key is an id or a hash, so it names nobody. */
export function nameRow({ name, key }: Table, row: Row): string {
  return `${name} ${row.slice(0, key.length).join(' ')}`;
}

export async function insertRows(db: Db, table: Table, rows: readonly Row[]): Promise<void> {
  const names = sql.join(table.columns.map((column) => sql.ref(column.name)));
  const into = sql`insert into ${sql.table(table.name)} (${names})`;
  if (engineOf(db) === 'postgres') {
    await sql`${into} select * from unnest(${columnsOf(table, rows)})`.execute(db);
    return;
  }
  for (const row of rows) await sql`${into} values (${sql.join(row)})`.execute(db);
}

/** By the keys of `rows`. */
export async function deleteRows(db: Db, table: Table, rows: readonly Row[]): Promise<void> {
  const keys = sql.join(table.key.map((column) => sql.ref(column)));
  const from = sql`delete from ${sql.table(table.name)} where (${keys})`;
  const ofKey = { ...table, columns: table.columns.slice(0, table.key.length) };
  if (engineOf(db) === 'postgres') {
    await sql`${from} in (select * from unnest(${columnsOf(ofKey, rows)}))`.execute(db);
    return;
  }
  for (const row of rows) await sql`${from} = (${sql.join(row.slice(0, table.key.length))})`.execute(db);
}

/** PostgreSQL: an array a column, so that it is one statement for any number of rows, prepared once. */
function columnsOf({ columns }: Pick<Table, 'columns'>, rows: readonly Row[]) {
  return sql.join(
    columns.map(({ type }, index) => sql`${rows.map((row) => row[index])}::${sql.raw(type)}[]`),
  );
}
