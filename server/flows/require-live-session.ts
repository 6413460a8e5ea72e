import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { Failure } from '../lib/failure.ts';
import { findSession, type Session } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';

/**
 * The caller's own session, read in the transaction in which it acts on others: of two holders who put each other out
 * at the same moment, the second finds itself out and does nothing more.
 */
export async function requireLiveSession(trx: Transaction<Schema>, caller: CallerSession): Promise<Session> {
  const session = await findSession(trx, caller.id);
  if (!session) throw new Failure('session_revoked');
  if (session.revokedAt !== null)
    throw new Failure('session_revoked', { ended: session.revokedReason ?? undefined });
  return session;
}
