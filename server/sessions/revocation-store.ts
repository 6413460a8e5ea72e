import { sql, type Transaction } from 'kysely';
import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import type { EndReason } from '../../shared/reasons.ts';
import type { Db } from '../db/connect.ts';
import type { Schema, SessionsTable } from '../db/schema.ts';
import { fromRow, toReason, type Session } from './store.ts';

interface Revocation {
  reason: EndReason;
  now: number;
}

/** True when this call ended it: an ended session keeps its first reason. */
export async function revokeSession(
  db: Db,
  { id, reason, now }: Revocation & { id: string },
): Promise<boolean> {
  const revoked = await db
    .updateTable('sessions')
    .set({ revoked_at: now, revoked_reason: reason })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return revoked !== undefined;
}

/** Ends every session of the account but one. Returns those that this call ended. */
export async function revokeSessionsOf(
  trx: Transaction<Schema>,
  { accountId, except, reason, now }: Revocation & { accountId: string; except?: string },
): Promise<Session[]> {
  const rows = await trx
    .updateTable('sessions')
    .set({ revoked_at: now, revoked_reason: reason })
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .$if(except !== undefined, (query) => query.where('id', '<>', except ?? ''))
    .returningAll()
    .execute();
  return rows.map(fromRow);
}

/** Ends every session of a client other than this project's own. Returns those that this call ended. */
export async function revokeSessionsOfClient(
  trx: Transaction<Schema>,
  { clientId, reason, now }: Revocation & { clientId: string },
): Promise<Session[]> {
  const rows = await trx
    .updateTable('sessions')
    .set({ revoked_at: now, revoked_reason: reason })
    .where('client_id', '=', clientId)
    // As the index says it: without these words SQLite would read the whole table.
    .where('client_id', '<>', sql.lit(FIRST_PARTY_CLIENT))
    .where('revoked_at', 'is', null)
    .returningAll()
    .execute();
  return rows.map(fromRow);
}

export interface RevokedSession {
  id: string;
  at: number;
  reason: EndReason;
}

/** Sessions whose access tokens may still be unexpired although they were revoked; the earliest first. */
export async function listRevokedSince(db: Db, since: number): Promise<RevokedSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(REVOKED)
    .where('revoked_at', '>', since)
    .orderBy('revoked_at')
    .execute();
  return rows.map(toRevoked);
}

/** Those of them that are revoked; the earliest first. */
export async function listRevoked(db: Db, ids: readonly string[]): Promise<RevokedSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(REVOKED)
    // By the key alone: told of `revoked_at` too, PostgreSQL may walk the index of all that have ended instead.
    .where('id', 'in', ids)
    .execute();
  const revoked = rows.filter(({ revoked_at }) => revoked_at !== null).map(toRevoked);
  return revoked.toSorted((a, b) => a.at - b.at);
}

const REVOKED = ['id', 'revoked_at', 'revoked_reason'] as const;

function toRevoked(row: Pick<SessionsTable, (typeof REVOKED)[number]>): RevokedSession {
  return { id: row.id, at: row.revoked_at ?? 0, reason: toReason(row.revoked_reason) ?? 'signed_out' };
}
