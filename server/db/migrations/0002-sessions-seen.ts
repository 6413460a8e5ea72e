import type { Kysely } from 'kysely';
import { clusterByPrimaryKey } from './engine.ts';

/** What people see of their sessions: security events, notices, devices that are known, and mail on its way out. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Without a foreign key: an account's history outlives the account.
  await db.schema
    .createTable('security_events')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text')
    .addColumn('ip', 'text', (column) => column.notNull())
    .addColumn('user_agent', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();
  await db.schema
    .createIndex('security_events_account_id')
    .on('security_events')
    .column('account_id')
    .execute();

  await db.schema
    .createTable('notices')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('account_id', 'text', (column) =>
      column.notNull().references('accounts.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('ip', 'text', (column) => column.notNull())
    .addColumn('user_agent', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();
  await db.schema.createIndex('notices_account_id').on('notices').column('account_id').execute();

  await db.schema
    .createTable('devices')
    .addColumn('account_id', 'text', (column) =>
      column.notNull().references('accounts.id').onDelete('cascade'),
    )
    .addColumn('token_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('devices_key', ['account_id', 'token_hash'])
    .$call(clusterByPrimaryKey(db))
    .execute();

  // Null: signed in before devices were known.
  await db.schema.alterTable('sessions').addColumn('device_hash', 'text').execute();

  await db.schema
    .createTable('outbox')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('body_text', 'text', (column) => column.notNull())
    .addColumn('body_html', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();
  await db.schema.createIndex('outbox_due_at').on('outbox').column('due_at').execute();
}
