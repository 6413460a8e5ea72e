import { sql, type Kysely } from 'kysely';
import { skeletonOfAddress } from '../../lib/skeleton.ts';
import { appendOnly, clusterByPrimaryKey } from './engine.ts';

/** Accounts at a time while the new column is filled. */
const BATCH = 1000;

/** The whole life of a password: links in mail, look-alike addresses, deletion, and guesses that a restart does not forget. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mail_tokens')
    .addColumn('token_hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.references('accounts.id').onDelete('cascade'))
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('payload', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();
  await db.schema.createIndex('mail_tokens_account_id').on('mail_tokens').column('account_id').execute();
  await db.schema.createIndex('mail_tokens_email').on('mail_tokens').column('email').execute();
  await db.schema.createIndex('mail_tokens_expires_at').on('mail_tokens').column('expires_at').execute();

  await db.schema
    .createTable('throttles')
    .addColumn('key', 'text', (column) => column.primaryKey().notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('blocked_until', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();
  await db.schema.createIndex('throttles_expires_at').on('throttles').column('expires_at').execute();

  await db.schema
    .createTable('local_mail')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('body_text', 'text', (column) => column.notNull())
    .addColumn('body_html', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .$call(clusterByPrimaryKey(db))
    .execute();

  // Mail that was waiting before is in the clear, and is sent as it is.
  await db.schema
    .alterTable('outbox')
    .addColumn('sealed', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('outbox').addColumn('expires_at', 'bigint').execute();

  await db.schema.alterTable('accounts').addColumn('erase_at', 'bigint').execute();
  await db.schema
    .createIndex('accounts_erase_at')
    .on('accounts')
    .column('erase_at')
    .where('erase_at', 'is not', null)
    .execute();

  await db.schema
    .alterTable('accounts')
    .addColumn('email_skeleton', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await fillSkeletons(db);
  await db.schema.createIndex('accounts_email_skeleton').on('accounts').column('email_skeleton').execute();

  await appendOnly(db, 'security_events');
}

async function fillSkeletons(db: Kysely<unknown>): Promise<void> {
  let after = '';
  for (;;) {
    const { rows } = await sql<{ id: string; email: string }>`
      select id, email from accounts where id > ${after} order by id limit ${BATCH}`.execute(db);
    for (const { id, email } of rows)
      await sql`update accounts set email_skeleton = ${skeletonOfAddress(email)} where id = ${id}`.execute(
        db,
      );
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}
