import type { Selectable, Transaction } from 'kysely';
import type { EndReason } from '../../shared/reasons.ts';
import type { Db } from '../db/connect.ts';
import { fixedStatement } from '../db/fixed-statement.ts';
import { pointRead } from '../db/point-read.ts';
import type { Schema, SessionsTable } from '../db/schema.ts';
import { packUserAgent, unpackUserAgent } from '../lib/user-agent.ts';
import { readRetired, retire, writeRetired, type Retired } from './retired.ts';

/** Where a call came from, as shown to the session's owner. */
export interface Origin {
  ip: string;
  userAgent: string;
}

export interface Session {
  id: string;
  accountId: string;
  clientId: string;
  scope: string;
  nonce: Buffer;
  generation: number;
  retired: Retired;
  createdAt: number;
  rotatedAt: number;
  lastSeenAt: number;
  ip: string;
  userAgent: string;
  revokedAt: number | null;
  revokedReason: EndReason | null;
  deviceHash: string | null;
  /** Over at this time whatever happens; null: the ordinary limits. */
  endsAt: number | null;
  /** Thumbprint of the key that its tokens are bound to (RFC 9449). */
  dpopJkt: string | null;
}

export interface NewSession {
  id: string;
  accountId: string;
  clientId: string;
  scope: string;
  nonce: Buffer;
  now: number;
  origin: Origin;
  deviceHash: string;
  endsAt: number | null;
  dpopJkt: string | null;
}

export async function insertSession(trx: Transaction<Schema>, session: NewSession): Promise<Session> {
  const row = await trx
    .insertInto('sessions')
    .values({
      id: session.id,
      account_id: session.accountId,
      client_id: session.clientId,
      scope: session.scope,
      nonce: session.nonce.toString('base64url'),
      generation: 0,
      retired: writeRetired([]),
      created_at: session.now,
      rotated_at: session.now,
      last_seen_at: session.now,
      ip: session.origin.ip,
      user_agent: packUserAgent(session.origin.userAgent),
      revoked_at: null,
      revoked_reason: null,
      device_hash: session.deviceHash,
      ends_at: session.endsAt,
      dpop_jkt: session.dpopJkt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromRow(row);
}

export async function findSession(db: Db, id: string): Promise<Session | undefined> {
  const row = await findRow(db, id);
  return row && fromRow(row);
}

const findRow = pointRead<Selectable<SessionsTable>>((db, id) =>
  db.selectFrom('sessions').selectAll().where('id', '=', id),
);

/**
 * The one statement that rotates. Undefined when somebody else was first or the session was revoked meanwhile:
 * the database decides, so that of any number of concurrent callers exactly one wins.
 */
export async function rotateSession(
  db: Db,
  session: Session,
  { now, grace, origin, dpopJkt }: { now: number; grace: number; origin: Origin; dpopJkt?: string | null },
): Promise<Session | undefined> {
  const { id, generation } = session;
  const [row] = await rotateRow(db, {
    id,
    generation,
    next: generation + 1,
    retired: writeRetired(retire(session.retired, { generation, now, grace })),
    now,
    ip: origin.ip,
    userAgent: packUserAgent(origin.userAgent),
    dpopJkt: dpopJkt ?? session.dpopJkt,
  });
  return row && fromRow(row);
}

interface Rotation extends Record<string, unknown> {
  id: string;
  generation: number;
  next: number;
  retired: string;
  now: number;
  ip: string;
  userAgent: string;
  dpopJkt: string | null;
}

const rotateRow = fixedStatement<Rotation, Selectable<SessionsTable>>((db, rotation) =>
  db
    .updateTable('sessions')
    .set({
      generation: rotation.next,
      retired: rotation.retired,
      rotated_at: rotation.now,
      last_seen_at: rotation.now,
      ip: rotation.ip,
      user_agent: rotation.userAgent,
      dpop_jkt: rotation.dpopJkt,
    })
    .where('id', '=', rotation.id)
    .where('generation', '=', rotation.generation)
    .where('revoked_at', 'is', null)
    .returningAll(),
);

/** Also those that are over, so long as they are kept; the newest first. */
export async function listKeptSessionsOf(db: Db, accountId: string): Promise<Session[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(fromRow);
}

/** Changes nothing that a decision reads. Undefined when the session was revoked meanwhile. */
export async function touchSession(db: Db, id: string, now: number): Promise<Session | undefined> {
  const [row] = await touchRow(db, { id, now });
  return row && fromRow(row);
}

const touchRow = fixedStatement<{ id: string; now: number }, Selectable<SessionsTable>>((db, { id, now }) =>
  db
    .updateTable('sessions')
    .set({ last_seen_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll(),
);

/** More than anybody will read; whoever has more, scripts for instance, ends all others at once. */
const MAX_LISTED = 500;

/** Whatever has not been ended: also what has expired meanwhile. The last used first, of those the newest. */
export async function listSessionsOf(
  db: Db,
  { accountId, now }: { accountId: string; now: number },
): Promise<Session[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    // A script's sessions that are over would otherwise take the places of those that are not.
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_LISTED)
    .execute();
  return rows.map(fromRow);
}

export interface Sweep {
  /** Look at sessions after this id; at all when left out. */
  after: string | undefined;
  /** How many to look at. */
  limit: number;
  isOver: (session: Pick<Session, 'createdAt' | 'rotatedAt' | 'revokedAt' | 'endsAt'>) => boolean;
}

/**
 * Looks at the next few sessions in the order of their ids, and removes those that are over: no index that each
 * rotation would have to keep, and no statement that grows with the table. Returns where it got to; undefined at the end.
 */
export async function sweepSessions(db: Db, { after, limit, isOver }: Sweep): Promise<string | undefined> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'rotated_at', 'revoked_at', 'ends_at'])
    .where('id', '>', after ?? '')
    .orderBy('id')
    .limit(limit)
    .execute();
  const over = rows.filter((row) =>
    isOver({
      createdAt: row.created_at,
      rotatedAt: row.rotated_at,
      revokedAt: row.revoked_at,
      endsAt: row.ends_at,
    }),
  );
  const ids = over.map(({ id }) => id);
  if (ids.length > 0) await db.deleteFrom('sessions').where('id', 'in', ids).execute();
  return rows.length < limit ? undefined : rows.at(-1)?.id;
}

export function fromRow(row: Selectable<SessionsTable>): Session {
  return {
    id: row.id,
    accountId: row.account_id,
    clientId: row.client_id,
    scope: row.scope,
    nonce: Buffer.from(row.nonce, 'base64url'),
    generation: row.generation,
    retired: readRetired(row.retired),
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    lastSeenAt: row.last_seen_at,
    ip: row.ip,
    userAgent: unpackUserAgent(row.user_agent),
    revokedAt: row.revoked_at,
    revokedReason: toReason(row.revoked_reason),
    deviceHash: row.device_hash,
    endsAt: row.ends_at,
    dpopJkt: row.dpop_jkt,
  };
}

// Boundary: this column is written by this store alone.
export const toReason = (text: string | null) => text as EndReason | null;
