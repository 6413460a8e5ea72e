import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Db } from '../db/connect.ts';
import type { MailTokensTable, Schema } from '../db/schema.ts';
import { hashMailToken } from './mail-token.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds for which a link is good, by what it does. */
export const LINK_LIFE = {
  /** Makes the account that was asked for. */
  register: DAY,
  /** Shows that the address of an account is its owner's. */
  verify_email: DAY,
  reset_password: 30 * MINUTE,
  /** Sent to the new address. */
  change_email: DAY,
  /** Sent to the old one once the change is done. */
  revert_email: 7 * DAY,
} as const;

/** Of `revert_email` when the change has only been asked for: seven days from when it can last be confirmed. */
export const EARLY_REVERT_LIFE = LINK_LIFE.change_email + LINK_LIFE.revert_email;

export type Purpose = keyof typeof LINK_LIFE;

/** Who may redeem it and what for. Without an account: of a registration, or of an address that has no account. */
export interface MailToken {
  purpose: Purpose;
  accountId: string | null;
  /** The address that the link was sent to. */
  email: string;
  /** What is carried out when it is redeemed, see the schemas below. */
  payload?: string;
}

interface NewMailToken extends MailToken {
  hash: string;
  now: number;
  /** Milliseconds. */
  life?: number;
}

/** Of `register`: the account as it will be, and the browser that asked for it, which is no stranger then. */
export const registrationSchema = z.object({
  name: z.string(),
  passwordHash: z.string(),
  deviceHash: z.string(),
});

/** Of `change_email`: the address that is changed. One that was changed since is not changed again by an old link. */
export const emailChangeSchema = z.object({ from: z.string() });

/** Returns when it is over; milliseconds since the epoch. */
export async function insertMailToken(
  trx: Transaction<Schema>,
  { purpose, accountId, email, payload, hash, now, life = LINK_LIFE[purpose] }: NewMailToken,
): Promise<number> {
  const expiresAt = now + life;
  await trx
    .insertInto('mail_tokens')
    .values({
      token_hash: hash,
      purpose,
      account_id: accountId,
      email,
      payload: payload ?? null,
      created_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return expiresAt;
}

/**
 * Takes the token: of any number of callers one gets it, and the others undefined (better-auth GHSA-7w99-5wm4-3g79). One that
 * was made for something else, or is over, is no token.
 */
export async function redeemMailToken(
  trx: Transaction<Schema>,
  { token, purpose, now }: { token: string; purpose: Purpose; now: number },
): Promise<(MailToken & { createdAt: number }) | undefined> {
  const hash = hashMailToken(token);
  if (hash === undefined) return undefined;
  const row = await trx
    .deleteFrom('mail_tokens')
    .where('token_hash', '=', hash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  return row && { ...toMailToken(row), createdAt: row.created_at };
}

/** Looks without taking, for what must be known before the slow work. Only `redeemMailToken` decides. */
export async function peekMailToken(
  db: Db,
  { token, purpose, now }: { token: string; purpose: Purpose; now: number },
): Promise<MailToken | undefined> {
  const hash = hashMailToken(token);
  if (hash === undefined) return undefined;
  const row = await db
    .selectFrom('mail_tokens')
    .selectAll()
    .where('token_hash', '=', hash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && toMailToken(row);
}

/** Whatever else was sent for the same is worth nothing any more. */
export async function dropMailTokens(
  trx: Transaction<Schema>,
  { accountId, purposes }: { accountId: string; purposes: readonly Purpose[] },
): Promise<void> {
  await trx
    .deleteFrom('mail_tokens')
    .where('account_id', '=', accountId)
    .where('purpose', 'in', purposes)
    .execute();
}

/** Whatever was sent to this address, also for what is no account yet: it names a person, who is no more. */
export async function dropMailTokensTo(trx: Transaction<Schema>, email: string): Promise<void> {
  await trx.deleteFrom('mail_tokens').where('email', '=', email).execute();
}

/**
 * The ways back to this address, and to those that the account has had later: they are a thief's, or of no more use. A way back to an
 * earlier one stays, or whoever is at a later one could take it from the owner.
 */
export async function dropWaysBack(
  trx: Transaction<Schema>,
  { accountId, email, createdAt }: { accountId: string; email: string; createdAt: number },
): Promise<void> {
  await trx
    .deleteFrom('mail_tokens')
    .where('account_id', '=', accountId)
    .where('purpose', '=', 'revert_email')
    .where((eb) => eb.or([eb('email', '=', email), eb('created_at', '>', createdAt)]))
    .execute();
}

/** Every registration of this address that waits to be confirmed. */
export async function dropRegistrations(trx: Transaction<Schema>, email: string): Promise<void> {
  await trx.deleteFrom('mail_tokens').where('email', '=', email).where('purpose', '=', 'register').execute();
}

/** True while the former owner of this address can still have it back: until then nobody else gets it. */
export async function isReserved(
  db: Db,
  { email, now, except }: { email: string; now: number; except?: string | undefined },
): Promise<boolean> {
  const tokens = await db
    .selectFrom('mail_tokens')
    .select('account_id')
    .where('email', '=', email)
    .where('purpose', '=', 'revert_email')
    .where('expires_at', '>', now)
    .execute();
  return tokens.some(({ account_id }) => account_id !== except);
}

/** The links that are out for an account: what they do and until when. */
export async function listMailTokens(
  db: Db,
  { accountId, now }: { accountId: string; now: number },
): Promise<{ purpose: Purpose; email: string; createdAt: number; expiresAt: number }[]> {
  const rows = await db
    .selectFrom('mail_tokens')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .orderBy('purpose')
    .orderBy('email')
    .execute();
  return rows.map((row) => ({
    purpose: toPurpose(row.purpose),
    email: row.email,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** Removes what is over since before this time, so much at most. Returns how much. */
export async function removeMailTokens(
  db: Db,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const over = db
    .selectFrom('mail_tokens')
    .select('token_hash')
    .where('expires_at', '<', before)
    .limit(limit);
  const removed = await db
    .deleteFrom('mail_tokens')
    .where('token_hash', 'in', over)
    .returning('token_hash')
    .execute();
  return removed.length;
}

function toMailToken(row: MailTokensTable): MailToken {
  return {
    purpose: toPurpose(row.purpose),
    accountId: row.account_id,
    email: row.email,
    ...(row.payload !== null && { payload: row.payload }),
  };
}

// Boundary: the column is written by `insertMailToken` alone.
const toPurpose = (text: string) => text as Purpose;
