import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Db } from '../../server/db/connect.ts';
import type { Schema } from '../../server/db/schema.ts';
import { engine } from './database.ts';

/**
 * From here on the database refuses such writes, as a full disk would, or those of rows that `when` says (of `old` or `new`).
 * Returns how to end it; it ends with the test.
 */
export async function refuseWrites(
  db: Db,
  write: 'insert' | 'update' | 'delete',
  table: keyof Schema,
  when?: string,
): Promise<() => Promise<void>> {
  const target = sql.raw(`before ${write} on ${table}`);
  const condition = sql.raw(when === undefined ? '' : `when (${when})`);
  if (engine === 'postgres') {
    await sql`create function refused() returns trigger language plpgsql as
      $$ begin raise exception 'full'; end $$`.execute(db);
    await sql`create trigger refused ${target} for each row ${condition} execute function refused()`.execute(
      db,
    );
  } else {
    await sql`create trigger refused ${target} ${condition} begin select raise(abort, 'full'); end`.execute(
      db,
    );
  }
  let isOver = false;
  const end = async () => {
    if (isOver) return;
    isOver = true;
    await (engine === 'postgres'
      ? sql`drop function refused cascade`.execute(db)
      : sql`drop trigger refused`.execute(db));
  };
  onTestFinished(end);
  return end;
}

/** From here on there is no such table: a fault that nobody foresaw. Returns how to bring it back; it is back with the test's end. */
export async function hideTable(db: Db, table: keyof Schema): Promise<() => Promise<void>> {
  const away = `${table}_away`;
  await sql`alter table ${sql.table(table)} rename to ${sql.ref(away)}`.execute(db);
  let isBack = false;
  const bringBack = async () => {
    if (isBack) return;
    isBack = true;
    await sql`alter table ${sql.table(away)} rename to ${sql.ref(table)}`.execute(db);
  };
  onTestFinished(bringBack);
  return bringBack;
}
