import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { DatabasePlace, Db } from '../connect.ts';
import { engineOf } from '../engine.ts';
import { copyTables, verifyTables, type Copied } from './copy.ts';
import { inSnapshot, openSource, openTarget } from './ends.ts';
import { beginMark, finishMark, identify } from './mark.ts';
import { MoveError } from './move-error.ts';
import type { Watch } from './rows.ts';
import { readTables, requireSameColumns, type Table } from './tables.ts';

export interface Moved extends Copied {
  /** In each of the two databases. */
  rows: number;
  tables: number;
}

/**
 * Makes `to` a copy of `from`, as that is at the moment of the call, and holds all rows of both against each other. A server may use
 * `from` meanwhile; what it writes is brought by the next call. Broken off at any point, the next call goes on.
 *
 * `start` is told how many rows there are to look at and answers who is told of each that has been. Throws `MoveError` for what an operator can
 * mend.
 */
export async function moveDatabase(
  { from, to }: { from: DatabasePlace; to: DatabasePlace },
  start: (rows: number) => Watch,
): Promise<Moved> {
  const source = await openSource(from);
  try {
    const target = await openTarget(to, source);
    try {
      return await inSnapshot(source, (snapshot) => bringOver(snapshot, target, start));
    } finally {
      await target.destroy();
    }
  } finally {
    await source.destroy();
  }
}

async function bringOver(source: Db, target: Db, start: (rows: number) => Watch): Promise<Moved> {
  const tables = await readTables(target);
  requireSameColumns(await readTables(source), tables);
  const rows = await countRows(source, tables);
  // Looked through in the target, written from the source, and verified in both.
  const watch = start((await countRows(target, tables)) + 3 * rows);
  const run = randomUUID();
  await beginMark(target, { source: await identify(source), run });
  const sides = { source, target, tables, watch, run };
  const copied = await copyTables(sides);
  const different = await verifyTables(sides);
  if (different.length > 0)
    throw new MoveError(`The copy is not what the source is:\n${different.join('\n')}`);
  // Or the first statements would be planned as for empty tables.
  if (engineOf(target) === 'postgres') await sql`analyze`.execute(target);
  await finishMark(target, run);
  return { ...copied, rows, tables: tables.length };
}

async function countRows(db: Db, tables: readonly Table[]): Promise<number> {
  let sum = 0;
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(
      db,
    );
    sum += rows[0]?.count ?? 0;
  }
  return sum;
}
