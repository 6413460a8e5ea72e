import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import type { Secrets } from '../lib/sealing.ts';
import { isNextDue, LEAD, SHORT_LEAD, signerAt, spentAt } from './schedule.ts';
import { makeKey, openPrivateJwk, UnreadableKeyError, type Algorithm } from './signing-key.ts';
import { deleteKeys, insertKey, listKeys, type StoredKey } from './store.ts';

export interface KeySettings {
  db: Db;
  clock: Clock;
  secrets: Secrets;
  /** Of the keys that are made from now on; those that are there go on with theirs. */
  alg: Algorithm;
  /** Milliseconds for which a key signs; Infinity: until somebody says otherwise. */
  rotation: number;
  /** The longest life of an access token, in milliseconds: how long a key is needed after it has signed. */
  tokenLife: number;
}

/**
 * Publishes the next key if `isDue` says so of those that are there; undefined if not. Asked once more inside the
 * transaction: of any number of processes one makes the key. The first key of all signs at once.
 */
export async function publishNextKey(
  settings: Omit<KeySettings, 'rotation' | 'tokenLife'>,
  { lead, isDue }: { lead: number; isDue: (keys: readonly StoredKey[]) => boolean },
): Promise<StoredKey | undefined> {
  const { db, clock, secrets, alg } = settings;
  const present = await listKeys(db);
  if (!isDue(present)) return undefined;
  await requireReadable(settings, present);
  const made = await makeKey(alg, secrets);
  return inTransaction(db, async (trx) => {
    const keys = await listKeys(trx);
    if (!isDue(keys)) return undefined;
    const now = clock.now();
    const key = { ...made, created_at: now, active_from: keys.length > 0 ? now + lead : now };
    await insertKey(trx, key);
    return key;
  });
}

/**
 * At the start: there is a key, and a next one of the configured algorithm. Only here: of two processes that are
 * configured differently, each would answer the other's key with one of its own, for ever.
 */
export async function prepareKeys(settings: KeySettings): Promise<void> {
  const isDue = (keys: readonly StoredKey[]) => keys.at(-1)?.alg !== settings.alg;
  await publishNextKey(settings, { lead: LEAD, isDue });
  await tendKeys(settings);
}

/** What time brings: publishes the next key ahead of its day, and removes those whose last token has expired. */
export async function tendKeys(settings: KeySettings): Promise<void> {
  const { db, clock, rotation, tokenLife } = settings;
  await publishNextKey(settings, {
    lead: LEAD,
    isDue: (keys) => isNextDue(keys, { now: clock.now(), rotation }),
  });
  const listSpent = (keys: readonly StoredKey[]) =>
    keys.filter((key) => (spentAt(keys, key, tokenLife) ?? Infinity) <= clock.now()).map(({ kid }) => kid);
  if (listSpent(await listKeys(db)).length === 0) return;
  await inTransaction(db, async (trx) => {
    const spent = listSpent(await listKeys(trx));
    if (spent.length > 0) await deleteKeys(trx, spent);
  });
}

/** Takes a key out: what it signed is refused from the next look on. The one that signs stays: nobody could sign in. */
export async function withdrawKey(
  trx: Transaction<Schema>,
  kid: string,
  now: number,
): Promise<'withdrawn' | 'unknown' | 'signing'> {
  const keys = await listKeys(trx);
  if (!keys.some((key) => key.kid === kid)) return 'unknown';
  // Nor one that begins before everybody has heard of its end.
  if ([now, now + SHORT_LEAD].some((moment) => signerAt(keys, moment)?.kid === kid)) return 'signing';
  await deleteKeys(trx, [kid]);
  return 'withdrawn';
}

/** A key sealed under a secret that the others do not have would stop their next start. */
async function requireReadable(
  { db, secrets }: Pick<KeySettings, 'db' | 'secrets'>,
  keys: readonly StoredKey[],
) {
  const newest = keys.at(-1);
  if (newest && !(await openPrivateJwk(db, secrets, newest))) throw unreadable();
}

export function unreadable(): UnreadableKeyError {
  return new UnreadableKeyError('AUTH_SECRET: does not open the signing key that is in the database');
}
