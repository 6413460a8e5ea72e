import type { Transaction } from 'kysely';
import type { SecurityEventKind } from '../../shared/activity.ts';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import { firstUuidv7, uuidv7 } from '../lib/ids.ts';
import { packUserAgent } from '../lib/user-agent.ts';

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
