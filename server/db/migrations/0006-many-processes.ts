import type { Kysely } from 'kysely';
import { announce, clusterByPrimaryKey, compareBytes, leaveRoom } from './engine.ts';

/** Several processes on one database: whose turn it is, and on PostgreSQL what they tell one another. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('turns')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();

  await compareBytes(db);
  await leaveRoom(db, ['sessions', 'throttles']);
  await announce(db);
}
