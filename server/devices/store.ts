import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { hashDeviceToken } from './device-token.ts';

/** More browsers than anybody has; the one that was away longest is forgotten, and announced when it returns. */
const MAX_DEVICES = 50;

/** Notes that this browser was here. True when it had been before. */
export async function meetDevice(
  trx: Transaction<Schema>,
  { accountId, token, now }: { accountId: string; token: string; now: number },
): Promise<boolean> {
  const hash = hashDeviceToken(token);
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
  await forgetOldest(trx, accountId);
  return false;
}

async function forgetOldest(trx: Transaction<Schema>, accountId: string): Promise<void> {
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
    .execute();
}
