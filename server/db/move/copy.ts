import type { Db } from '../connect.ts';
import { inTransaction } from '../transaction.ts';
import { sumTable } from './checksum.ts';
import { holdMark } from './mark.ts';
import { MoveError } from './move-error.ts';
import {
  compareKeys,
  deleteRows,
  insertRows,
  nameRow,
  readRows,
  sizeOf,
  type Row,
  type Watch,
} from './rows.ts';
import type { Table } from './tables.ts';

/** What is written in one transaction, at most. */
const BATCH_ROWS = 2_000;
const BATCH_BYTES = 1 << 20;

/** Lines about rows that cannot be stored; more would say nothing new. */
const MAX_LINES = 20;

export interface Copied {
  removed: number;
  written: number;
}

/** Both sides, the source in one snapshot; their tables have the same columns. */
export interface Sides {
  source: Db;
  target: Db;
  /** Of the target, whose types decide how values are sent. */
  tables: readonly Table[];
  watch: Watch;
  /** Whose mark the target has, see mark.ts. */
  run: string;
}

/**
 * Makes the target what the source is. Nothing is remembered but the rows themselves: what is the same on both sides is left alone,
 * so a copy that was broken off anywhere goes on, and one that is made again brings only what has changed.
 *
 * First whatever is gone or different leaves the target, then whatever it lacks is written. So an address that has passed from one
 * account to another is free when its new owner arrives, and no row is ever changed, which `security_events` does not allow.
 */
export async function copyTables(sides: Sides): Promise<Copied> {
  let removed = 0;
  let written = 0;
  for (const table of sides.tables.toReversed()) removed += await prune(sides, table);
  for (const table of sides.tables) written += await fill(sides, table);
  return { removed, written };
}

async function prune(sides: Sides, table: Table): Promise<number> {
  const { source, target, watch } = sides;
  const batch = createBatch((rows) => change(sides, (trx) => deleteRows(trx, table, rows)));
  const theirs = readRows(target, table, watch);
  for await (const pair of pairUp(
    table,
    readRows(source, table, () => {}),
    theirs,
  )) {
    if (pair.atTargetEnd) break;
    if (pair.target && !isSame(pair.source, pair.target)) await batch.add(pair.target);
  }
  return batch.end();
}

async function fill(sides: Sides, table: Table): Promise<number> {
  const { source, target, watch } = sides;
  const refused: string[] = [];
  const batch = createBatch(async (rows) => {
    const outcome = await writeRows(sides, table, rows);
    refused.push(...outcome);
  });
  const ours = readRows(source, table, watch);
  for await (const pair of pairUp(
    table,
    ours,
    readRows(target, table, () => {}),
  ))
    if (pair.source && !pair.target) await batch.add(pair.source);
  const written = await batch.end();
  // What points to these rows could not be written either: no further.
  if (refused.length > 0) throw new MoveError(describeRefused(refused));
  return written;
}

interface Pair {
  source: Row | undefined;
  target: Row | undefined;
  /** The target has no more rows. */
  atTargetEnd: boolean;
}

/** Rows of the same key together, all in the order of their keys. */
async function* pairUp(
  table: Table,
  ours: AsyncGenerator<Row>,
  theirs: AsyncGenerator<Row>,
): AsyncGenerator<Pair> {
  const next = async (rows: AsyncGenerator<Row>): Promise<Row | undefined> => {
    const { value, done } = await rows.next();
    return done ? undefined : value;
  };
  let [source, target] = [await next(ours), await next(theirs)];
  while (source || target) {
    const order = !source ? 1 : !target ? -1 : compareKeys(table, source, target);
    yield {
      source: order <= 0 ? source : undefined,
      target: order >= 0 ? target : undefined,
      atTargetEnd: !target,
    };
    if (order <= 0) source = await next(ours);
    if (order >= 0) target = await next(theirs);
  }
}

function isSame(a: Row | undefined, b: Row): boolean {
  return a !== undefined && a.every((value, index) => value === b[index]);
}

function createBatch(flush: (rows: readonly Row[]) => Promise<void>) {
  let rows: Row[] = [];
  let bytes = 0;
  let count = 0;
  const send = async () => {
    if (rows.length === 0) return;
    const sent = rows;
    rows = [];
    bytes = 0;
    await flush(sent);
    count += sent.length;
  };
  return {
    async add(row: Row) {
      rows.push(row);
      bytes += sizeOf(row);
      if (rows.length >= BATCH_ROWS || bytes >= BATCH_BYTES) await send();
    },
    /** The number of all rows. */
    async end() {
      await send();
      return count;
    },
  };
}

/** One transaction in the target, as long as it is still ours. */
async function change({ target, run }: Sides, work: (trx: Db) => Promise<void>): Promise<void> {
  await inTransaction(target, async (trx) => {
    await holdMark(trx, run);
    await work(trx);
  });
}

/** Answers what was refused. One row that cannot be stored keeps out no other, and is named. */
async function writeRows(sides: Sides, table: Table, rows: readonly Row[]): Promise<string[]> {
  try {
    await change(sides, (trx) => insertRows(trx, table, rows));
    return [];
  } catch (error) {
    const code = refusalOf(error);
    if (code === undefined) throw error;
    const [only] = rows;
    if (rows.length === 1 && only) return [`${nameRow(table, only)}: ${describeCode(code)}`];
  }
  const half = Math.ceil(rows.length / 2);
  const first = await writeRows(sides, table, rows.slice(0, half));
  return [...first, ...(await writeRows(sides, table, rows.slice(half)))];
}

/**
 * The code, when it is the row that is at fault: SQLSTATE classes 22 (data) and 23 (constraints), and what SQLite has for them. Never the
 * message, which quotes the row.
 */
function refusalOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(2[23]\w{3}|SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)\w*)$/.test(code) ? code : undefined;
}

function describeCode(code: string): string {
  // https://www.postgresql.org/docs/current/datatype-character.html: "The characters … cannot store … code zero".
  if (code === '22021') return 'has a NUL character in it, which PostgreSQL cannot store';
  return `cannot be stored (${code})`;
}

function describeRefused(refused: readonly string[]): string {
  const more = refused.length - MAX_LINES;
  const lines = refused.slice(0, MAX_LINES);
  if (more > 0) lines.push(`and ${more} more`);
  return [...lines, 'Mend or remove these rows in the source; then the same command goes on'].join('\n');
}

/** The names of the tables that differ, with what was counted; empty when all are the same. */
export async function verifyTables({ source, target, tables, watch }: Omit<Sides, 'run'>): Promise<string[]> {
  const different: string[] = [];
  for (const table of tables) {
    const ours = await sumTable(source, table, watch);
    const theirs = await sumTable(target, table, watch);
    if (ours.rows !== theirs.rows)
      different.push(`${table.name}: ${ours.rows} rows in the source, ${theirs.rows} in the target`);
    else if (ours.checksum !== theirs.checksum)
      different.push(`${table.name}: ${ours.rows} rows each, but not the same ones`);
  }
  return different;
}
