import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';

/** More browsers than anybody has; the one that was away longest is forgotten, and announced when it returns. */
const MAX_DEVICES = 50;

interface DeviceKey {
  accountId: string;
  /** As from `hashDeviceToken`. */
  hash: string;
}

/** Notes that this browser was here. True when it had been before. */
export async function meetDevice(
  trx: Transaction<Schema>,
  { accountId, hash, now }: DeviceKey & { now: number },
): Promise<boolean> {
  const known = await trx
    .updateTable('devices')
    .set({ last_seen_at: now })
    .where('account_id', '=', accountId)
    .where('token_hash', '=', hash)
    .returning('token_hash')
    .executeTakeFirst();
  if (known) return true;
  await trx
    .insertInto('devices')
    .values({ account_id: accountId, token_hash: hash, created_at: now, last_seen_at: now })
    .execute();
  await forgetOldest(trx, { accountId, hash });
  return false;
}

/** Since when this browser is known; undefined when it is not. */
export async function findDevice(db: Db, { accountId, hash }: DeviceKey): Promise<number | undefined> {
  const device = await db
    .selectFrom('devices')
    .select('created_at')
    .where('account_id', '=', accountId)
    .where('token_hash', '=', hash)
    .executeTakeFirst();
  return device?.created_at;
}

/**
 * The same by the address that somebody types, in one statement: whether there is no such account or no such device takes
 * the same look.
 */
export async function isDeviceOf(db: Db, { email, hash }: { email: string; hash: string }): Promise<boolean> {
  const device = await db
    .selectFrom('devices')
    .innerJoin('accounts', 'accounts.id', 'devices.account_id')
    .select('devices.token_hash')
    .where('accounts.email', '=', email)
    .where('devices.token_hash', '=', hash)
    .executeTakeFirst();
  return device !== undefined;
}

/** Its next sign-in is announced again: whoever was put out does not come back as somebody known. */
export async function forgetDevice(trx: Transaction<Schema>, { accountId, hash }: DeviceKey): Promise<void> {
  await trx
    .deleteFrom('devices')
    .where('account_id', '=', accountId)
    .where('token_hash', '=', hash)
    .execute();
}

export async function forgetOtherDevices(
  trx: Transaction<Schema>,
  { accountId, keep }: { accountId: string; keep: string | null },
): Promise<void> {
  await trx
    .deleteFrom('devices')
    .where('account_id', '=', accountId)
    .where('token_hash', '<>', keep ?? '')
    .execute();
}

async function forgetOldest(trx: Transaction<Schema>, { accountId, hash }: DeviceKey): Promise<void> {
  const kept = trx
    .selectFrom('devices')
    .select('token_hash')
    .where('account_id', '=', accountId)
    .orderBy('last_seen_at', 'desc')
    .limit(MAX_DEVICES);
  await trx
    .deleteFrom('devices')
    .where('account_id', '=', accountId)
    .where('token_hash', 'not in', kept)
    .where('token_hash', '<>', hash)
    .execute();
}

/** When each browser that is known was first and last here. */
export async function listDevices(
  db: Db,
  accountId: string,
): Promise<{ createdAt: number; lastSeenAt: number }[]> {
  const rows = await db
    .selectFrom('devices')
    .select(['created_at', 'last_seen_at'])
    .where('account_id', '=', accountId)
    .orderBy('last_seen_at', 'desc')
    .execute();
  return rows.map((row) => ({ createdAt: row.created_at, lastSeenAt: row.last_seen_at }));
}
