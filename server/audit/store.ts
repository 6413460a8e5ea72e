import type { Selectable, Transaction } from 'kysely';
import type { SecurityEventKind } from '../../shared/activity.ts';
import type { Db } from '../db/connect.ts';
import type { Schema, SecurityEventsTable } from '../db/schema.ts';
import { firstUuidv7, uuidv7 } from '../lib/ids.ts';
import { packUserAgent, unpackUserAgent } from '../lib/user-agent.ts';

/** `sessionId`: the session that it happened to. Who was there is only as true as the headers are. */
export interface SecurityEvent {
  kind: SecurityEventKind;
  accountId: string;
  sessionId: string | undefined;
  origin: { ip: string; userAgent: string };
  now: number;
}

/** Takes the transaction that does what it records: neither can be there without the other. */
export async function recordEvent(trx: Transaction<Schema>, event: SecurityEvent): Promise<void> {
  await trx
    .insertInto('security_events')
    .values({
      id: uuidv7(event.now),
      account_id: event.accountId,
      kind: event.kind,
      session_id: event.sessionId ?? null,
      ip: event.origin.ip,
      user_agent: packUserAgent(event.origin.userAgent),
      created_at: event.now,
    })
    .execute();
}

export type StoredEvent = Selectable<SecurityEventsTable>;

/** The newest first: all of them, or so many at most; `before`: older than this one. */
export async function listEvents(
  db: Db,
  { accountId, before, limit }: { accountId: string; before?: string | undefined; limit?: number },
): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('security_events')
    .selectAll()
    .where('account_id', '=', accountId)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .execute();
  return rows.map((row) => ({ ...row, user_agent: unpackUserAgent(row.user_agent) }));
}

/** Of an account that is erased: where its owner was is as much about them as their name. */
export async function eraseEvents(trx: Transaction<Schema>, accountId: string): Promise<void> {
  await trx.deleteFrom('security_events').where('account_id', '=', accountId).execute();
}

/** Removes the oldest events from before this time, so many at most. Returns how many. */
export async function removeEvents(
  db: Db,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const oldest = db
    .selectFrom('security_events')
    .select('id')
    .where('id', '<', firstUuidv7(before))
    .orderBy('id')
    .limit(limit);
  const removed = await db.deleteFrom('security_events').where('id', 'in', oldest).returning('id').execute();
  return removed.length;
}
