import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { uuidv7 } from '../lib/ids.ts';

export type SecurityEventKind =
  | 'registered'
  | 'signed_in'
  | 'signed_out'
  | 'session_replaced'
  | 'session_ended'
  | 'other_sessions_ended'
  | 'token_reused'
  | 'password_changed'
  | 'account_disabled'
  | 'account_enabled';

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
      user_agent: event.origin.userAgent,
      created_at: event.now,
    })
    .execute();
}
