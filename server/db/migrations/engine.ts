import { sql, SqliteAdapter, type CreateTableBuilder, type Kysely } from 'kysely';

/**
 * For `$call`: on SQLite the primary key becomes the row's place, one B-tree instead of a table and an index beside
 * it. Other engines have no such thing and need none.
 */
export function clusterByPrimaryKey(db: Kysely<unknown>) {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  return <Table extends string>(table: CreateTableBuilder<Table>): CreateTableBuilder<Table> =>
    isSqlite ? table.modifyEnd(sql`without rowid`) : table;
}

/**
 * What was written stays as it was: rows can be added, and removed when their time is over, but not changed, by whatever
 * code of ours. SQLite only so far; see docs/decisions/008.
 */
export async function appendOnly(db: Kysely<unknown>, table: string): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  if (!isSqlite) return;
  await sql`create trigger ${sql.ref(`${table}_append_only`)} before update on ${sql.table(table)}
    begin select raise(abort, 'append-only'); end`.execute(db);
}
