import type { Selectable, Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { NoticesTable, Schema } from '../db/schema.ts';
import { uuidv7 } from '../lib/ids.ts';
import { packUserAgent, unpackUserAgent } from '../lib/user-agent.ts';

export type NoticeKind = 'new_device' | 'token_reuse';

export type StoredNotice = Selectable<NoticesTable>;

/** As many as a person will read; the oldest makes room. */
const MAX_NOTICES = 20;

export interface NewNotice {
  kind: NoticeKind;
  accountId: string;
  sessionId: string;
  origin: { ip: string; userAgent: string };
  now: number;
}

/**
 * False when the same is still to be read: a script that signs in every minute is worth one notice, and one mail,
 * until its owner has seen it.
 */
export async function insertNotice(trx: Transaction<Schema>, notice: NewNotice): Promise<boolean> {
  const { ip } = notice.origin;
  const userAgent = packUserAgent(notice.origin.userAgent);
  const same = await trx
    .selectFrom('notices')
    .select('id')
    .where('account_id', '=', notice.accountId)
    .where('kind', '=', notice.kind)
    .where('ip', '=', ip)
    .where('user_agent', '=', userAgent)
    .limit(1)
    .executeTakeFirst();
  if (same) return false;
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
  await dropOldest(trx, notice.accountId);
  return true;
}

async function dropOldest(trx: Transaction<Schema>, accountId: string): Promise<void> {
  const kept = trx
    .selectFrom('notices')
    .select('id')
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .limit(MAX_NOTICES);
  await trx.deleteFrom('notices').where('account_id', '=', accountId).where('id', 'not in', kept).execute();
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

/** False when there is none of that id which is this account's, and about another session than `exceptAbout`. */
export async function deleteNotice(
  db: Db,
  { id, accountId, exceptAbout }: { id: string; accountId: string; exceptAbout: string },
): Promise<boolean> {
  const deleted = await db
    .deleteFrom('notices')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('session_id', '<>', exceptAbout)
    .returning('id')
    .executeTakeFirst();
  return deleted !== undefined;
}
