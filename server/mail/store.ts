import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import { engineOf } from '../db/engine.ts';
import type { Schema } from '../db/schema.ts';
import { firstUuidv7, uuidv7 } from '../lib/ids.ts';
import type { Sealing } from '../lib/sealing.ts';
import type { OutgoingMail } from './mail.ts';

/** Milliseconds after which mail is news no more, and is given up. */
export const MAIL_KEPT = 3 * 24 * 60 * 60_000;

/** Mail that nobody else will hand over until the claim is over. */
export interface ClaimedMail {
  id: string;
  to: string;
  subject: string;
  /** Undefined: no secret opens them. */
  bodies: { text: string; html: string } | undefined;
  /** This one included. */
  attempts: number;
  createdAt: number;
  expiresAt: number | undefined;
}

/**
 * A link in mail opens an account, and stands here until the mail has been taken: a copy of the database alone must
 * not open it. So bodies are sealed, also those of mail for nobody, which is to cost the same.
 */
export async function insertMail(
  trx: Transaction<Schema>,
  { to, subject, text, html, expiresAt }: OutgoingMail,
  { now, sealing }: { now: number; sealing: Sealing },
): Promise<void> {
  const id = uuidv7(now);
  await trx
    .insertInto('outbox')
    .values({
      id,
      recipient: to,
      subject,
      body_text: sealing.seal(`${id}/text`, text),
      body_html: sealing.seal(`${id}/html`, html),
      attempts: 0,
      due_at: now,
      created_at: now,
      sealed: 1,
      expires_at: expiresAt ?? null,
    })
    .execute();
}

/**
 * What has been due the longest, so that new mail never waits behind one that keeps failing. One statement: of any
 * number of callers one gets it, and the others nothing. A process that dies with it loses it to the next one at `until`.
 */
export async function claimMail(
  db: Db,
  { now, until, sealing }: { now: number; until: number; sealing: Sealing },
): Promise<ClaimedMail | undefined> {
  const row = await db
    .updateTable('outbox')
    .set((eb) => ({ due_at: until, attempts: eb('attempts', '+', 1) }))
    .where('id', '=', (eb) =>
      eb
        .selectFrom('outbox')
        .select('id')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(1)
        // Else everybody would wait for the first one, and then find nothing.
        .$if(engineOf(db) === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    // Again, for an engine where another writer may have come between the two.
    .where('due_at', '<=', now)
    .returningAll()
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      to: row.recipient,
      subject: row.subject,
      bodies: readBodies(row, sealing),
      attempts: row.attempts,
      createdAt: row.created_at,
      expiresAt: row.expires_at ?? undefined,
    }
  );
}

/** What an earlier release left in the clear holds no token, and is read as it is. */
function readBodies(
  row: { id: string; body_text: string; body_html: string; sealed: number },
  sealing: Sealing,
): ClaimedMail['bodies'] {
  if (row.sealed === 0) return { text: row.body_text, html: row.body_html };
  const text = sealing.unseal(`${row.id}/text`, row.body_text);
  const html = sealing.unseal(`${row.id}/html`, row.body_html);
  return text && html && { text: text.plaintext, html: html.plaintext };
}

export async function postponeMail(db: Db, id: string, dueAt: number): Promise<void> {
  await db.updateTable('outbox').set({ due_at: dueAt }).where('id', '=', id).execute();
}

export async function deleteMail(db: Db, id: string): Promise<void> {
  await db.deleteFrom('outbox').where('id', '=', id).execute();
}

/** Of all processes; a count of the whole table, which is short: what is sent is deleted. */
export async function countMail(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('outbox')
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whatever is from before this time, so much at most; also when there is no mail server any more. */
export async function removeMail(
  db: Db,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const oldest = db
    .selectFrom('outbox')
    .select('id')
    .where('id', '<', firstUuidv7(before))
    .orderBy('id')
    .limit(limit);
  const removed = await db.deleteFrom('outbox').where('id', 'in', oldest).returning('id').execute();
  return removed.length;
}

/** What waits for a person who is no more. */
export async function eraseMailTo(trx: Transaction<Schema>, recipient: string): Promise<void> {
  await trx.deleteFrom('outbox').where('recipient', '=', recipient).execute();
  await trx.deleteFrom('local_mail').where('recipient', '=', recipient).execute();
}

/** What waits to be sent to this address. */
export async function listMailTo(
  db: Db,
  recipient: string,
): Promise<{ to: string; subject: string; createdAt: number }[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['recipient', 'subject', 'created_at'])
    .where('recipient', '=', recipient)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ to: row.recipient, subject: row.subject, createdAt: row.created_at }));
}
