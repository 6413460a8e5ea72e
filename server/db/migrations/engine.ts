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
