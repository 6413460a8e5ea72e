import { sql, type Kysely } from 'kysely';
import { engineOf } from './engine.ts';
import type { Schema } from './schema.ts';

export interface Column {
  name: string;
  /** As the engine calls it. */
  type: string;
}

/** In the order in which they were made; empty when there is no such table. */
export async function readColumns(db: Kysely<Schema>, table: string): Promise<Column[]> {
  const query =
    engineOf(db) === 'sqlite'
      ? sql<Column>`select name, type from pragma_table_info(${table}) order by cid`
      : sql<Column>`select column_name as name, data_type as type from information_schema.columns
          where table_schema = current_schema() and table_name = ${table} order by ordinal_position`;
  return (await query.execute(db)).rows;
}

export async function hasTable(db: Kysely<Schema>, table: string): Promise<boolean> {
  return (await readColumns(db, table)).length > 0;
}
