import type { Transaction } from 'kysely';
import type { SecurityEventKind } from '../../shared/activity.ts';
import type { EndReason } from '../../shared/reasons.ts';
import { recordEvent } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { revokeSession } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';

interface End {
  reason: EndReason;
  event: SecurityEventKind;
  /** Of the call that ended it. */
  origin: Origin;
  now: number;
}

/**
 * Ends a session and records it, or neither; false when it had ended before. After the commit the caller adds it to
 * `deps.revocations`, for its access tokens.
 */
export async function endSession(
  trx: Transaction<Schema>,
  { id, accountId }: { id: string; accountId: string },
  { reason, event, origin, now }: End,
): Promise<boolean> {
  const ended = await revokeSession(trx, { id, reason, now });
  if (ended) await recordEvent(trx, { kind: event, accountId, sessionId: id, origin, now });
  return ended;
}
