import type { Kysely } from 'kysely';

/** What is looked for by address: whether it is reserved, at every registration, and the mail that waits for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('mail_tokens_email').execute();
  await db.schema
    .createIndex('mail_tokens_email_purpose')
    .on('mail_tokens')
    .columns(['email', 'purpose'])
    .execute();
  await db.schema.createIndex('outbox_recipient').on('outbox').column('recipient').execute();
}
