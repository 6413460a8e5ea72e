import type { Selectable, Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { NoticesTable, Schema } from '../db/schema.ts';
import { uuidv7 } from '../lib/ids.ts';
import { packUserAgent, unpackUserAgent } from '../lib/user-agent.ts';

export type NoticeKind = 'new_device' | 'token_reuse';

export type StoredNotice = Selectable<NoticesTable>;

/** Of each kind as many as a person will read; the oldest makes room. */
const MAX_NOTICES = 20;

const HOUR = 60 * 60_000;

export interface NewNotice {
  kind: NoticeKind;
  accountId: string;
  sessionId: string;
  origin: { ip: string; userAgent: string };
  now: number;
}

/**
 * A script that signs in every minute from a new device each time is one notice an hour, which then points at its
 * newest session: false when it was that. Of reuse nothing is ever left out, since each is about another session.
 */
export async function insertNotice(trx: Transaction<Schema>, notice: NewNotice): Promise<boolean> {
  const { ip } = notice.origin;
  const userAgent = packUserAgent(notice.origin.userAgent);
  if (notice.kind === 'new_device' && (await renewNotice(trx, notice, userAgent))) return false;
  await trx
    .insertInto('notices')
    .values({
      id: uuidv7(notice.now),
      account_id: notice.accountId,
      kind: notice.kind,
      session_id: notice.sessionId,
      ip,
      user_agent: userAgent,
      created_at: notice.now,
    })
    .execute();
  await dropOldest(trx, notice);
  return true;
}

async function renewNotice(
  trx: Transaction<Schema>,
  { kind, accountId, sessionId, origin, now }: NewNotice,
  userAgent: string,
): Promise<boolean> {
  const renewed = await trx
    .updateTable('notices')
    .set({ session_id: sessionId })
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('ip', '=', origin.ip)
    .where('user_agent', '=', userAgent)
    .where('created_at', '>', now - HOUR)
    .returning('id')
    .executeTakeFirst();
  return renewed !== undefined;
}

/** Of each kind by itself: cheap ones must not push out what matters. */
async function dropOldest(trx: Transaction<Schema>, { accountId, kind }: NewNotice): Promise<void> {
  const kept = trx
    .selectFrom('notices')
    .select('id')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_NOTICES);
  await trx
    .deleteFrom('notices')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('id', 'not in', kept)
    .execute();
}

/** The newest first. */
export async function listNotices(db: Db, accountId: string): Promise<StoredNotice[]> {
  const rows = await db
    .selectFrom('notices')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, user_agent: unpackUserAgent(row.user_agent) }));
}

/** Undefined when there is none of that id which is this account's. */
export async function findNotice(
  db: Db,
  { id, accountId }: { id: string; accountId: string },
): Promise<StoredNotice | undefined> {
  return db
    .selectFrom('notices')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
}

export async function deleteNotice(db: Db, id: string): Promise<void> {
  await db.deleteFrom('notices').where('id', '=', id).execute();
}
