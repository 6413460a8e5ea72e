import type { Selectable, Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema, SigningKeysTable } from '../db/schema.ts';

export type StoredKey = Selectable<SigningKeysTable>;

/** In the order in which they sign. */
export async function listKeys(db: Db): Promise<StoredKey[]> {
  return db
    .selectFrom('signing_keys')
    .selectAll()
    .orderBy('active_from')
    .orderBy('created_at')
    .orderBy('kid')
    .execute();
}

export async function insertKey(trx: Transaction<Schema>, key: StoredKey): Promise<void> {
  await trx.insertInto('signing_keys').values(key).execute();
}

export async function resealKey(db: Db, kid: string, sealed: string): Promise<void> {
  await db.updateTable('signing_keys').set({ sealed_private_jwk: sealed }).where('kid', '=', kid).execute();
}

export async function deleteKeys(trx: Transaction<Schema>, kids: readonly string[]): Promise<void> {
  await trx.deleteFrom('signing_keys').where('kid', 'in', kids).execute();
}
