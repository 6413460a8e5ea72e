import { sql, type Kysely } from 'kysely';
import { clusterByPrimaryKey } from './engine.ts';

/** OAuth 2.0: clients, ceilings of scope, keys that replace each other, tokens that are bound to a key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clients')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text')
    .addColumn('grants', 'text', (column) => column.notNull())
    .addColumn('scope', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();
  await sql`insert into clients (id, name, secret_hash, grants, scope, created_at)
    values ('sallyport', 'Sallyport', null, 'password refresh_token', null, 0)`.execute(db);

  await db.schema.alterTable('accounts').addColumn('scope', 'text').execute();
  await db.schema.alterTable('sessions').addColumn('ends_at', 'bigint').execute();
  await db.schema.alterTable('sessions').addColumn('dpop_jkt', 'text').execute();
  // What is ended when a client is removed; the sessions of our own pages, which are most, are not in it.
  await db.schema
    .createIndex('sessions_client_id')
    .on('sessions')
    .column('client_id')
    .where(sql.ref('client_id'), '<>', sql.lit('sallyport'))
    .execute();

  await db.schema
    .alterTable('signing_keys')
    .addColumn('active_from', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update signing_keys set active_from = created_at`.execute(db);
}
