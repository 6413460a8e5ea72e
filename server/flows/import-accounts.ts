import { setTimeout as sleep } from 'node:timers/promises';
import { findAccount, insertAccount } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { Row } from '../lib/rows.ts';
import { isReserved } from '../mail-tokens/store.ts';
import { parseStoredHash } from '../passwords/stored-hash.ts';
import type { Origin } from '../sessions/store.ts';
import { parseAccountRow, type ImportedAccount } from './account-row.ts';
import type { Deps } from './deps.ts';

type ImportDeps = Pick<Deps, 'db' | 'clock'>;
type Transaction = Parameters<typeof insertAccount>[0];

/** Accounts a transaction. A running server waits for its end with whatever it has to write: some 10 ms. */
const BATCH = 200;

/**
 * Milliseconds between transactions. Writers do not queue for a SQLite file: each looks again after a while, up to
 * 100 ms, and one that finds it taken again and again stands still for a second (measured; with this pause, a fifth of one).
 */
const PAUSE = 10;

export interface Import {
  origin: Origin;
  /** Is told of each row that is left out, in the order of their lines. */
  refuse: (line: number, problem: string) => void;
}

export interface Imported {
  imported: number;
  /** Were there before, and were left as they are. */
  existing: number;
  refused: number;
  /** How many of the imported hashes have which cost. */
  costs: Map<number, number>;
}

/**
 * Makes the accounts that are not there yet, each with its security event. Rows that cannot be used are left out. What
 * was done stays done when it breaks off, and does no harm to be done again: an account that is there is not touched.
 */
export async function importAccounts(
  deps: ImportDeps,
  rows: AsyncIterable<Row>,
  { origin, refuse }: Import,
): Promise<Imported> {
  const outcome: Imported = { imported: 0, existing: 0, refused: 0, costs: new Map() };
  // Of one person's two rows the first counts, whether or not the first is new. Some 300 bytes a row (measured).
  const seen = new Set<string>();
  let batch: ImportedAccount[] = [];
  const flush = async () => {
    const inserted = await insertNew(deps, batch, origin);
    for (const account of inserted) countIn(outcome, account);
    outcome.existing += batch.length - inserted.length;
    batch = [];
    await sleep(PAUSE);
  };
  for await (const row of rows) {
    const read = 'values' in row ? parseAccountRow(row.values) : row;
    const problem = 'problem' in read ? read.problem : findDouble(seen, read.account);
    if (problem !== undefined) {
      outcome.refused += 1;
      refuse(row.line, problem);
    } else if ('account' in read) {
      batch.push(read.account);
    }
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return outcome;
}

function findDouble(seen: Set<string>, { id, email }: ImportedAccount): string | undefined {
  if (seen.has(email)) return 'email: in an earlier line too, which is the one that counts';
  if (id !== undefined && seen.has(id)) return 'id: in an earlier line too, with another address';
  seen.add(email);
  if (id !== undefined) seen.add(id);
  return undefined;
}

async function insertNew(
  { db, clock }: ImportDeps,
  batch: readonly ImportedAccount[],
  origin: Origin,
): Promise<ImportedAccount[]> {
  return inTransaction(db, async (trx) => {
    const now = clock.now();
    const inserted: ImportedAccount[] = [];
    for (const imported of batch) {
      const id = await insertOne(trx, imported, now);
      if (id === undefined) continue;
      await recordEvent(trx, { kind: 'imported', accountId: id, sessionId: undefined, origin, now });
      inserted.push(imported);
    }
    return inserted;
  });
}

/**
 * Undefined when it is there already, be it under an address that its owner has chosen since: by its id, or while they
 * can still go back to the address that the table has.
 */
async function insertOne(
  trx: Transaction,
  imported: ImportedAccount,
  now: number,
): Promise<string | undefined> {
  // No race: nobody else makes an account of an id that was made elsewhere.
  if (imported.id !== undefined && (await findAccount(trx, imported.id))) return undefined;
  if (await isReserved(trx, { email: imported.email, now })) return undefined;
  const account = await insertAccount(trx, {
    id: imported.id ?? uuidv7(now),
    email: imported.email,
    email_verified_at: toTime(imported.email_verified, now),
    name: imported.name,
    password_hash: imported.password_hash ?? null,
    disabled_at: toTime(imported.disabled, now),
    created_at: imported.created_at ?? now,
    updated_at: now,
    scope: imported.scope ?? null,
    erase_at: imported.erase_at ?? null,
  });
  return account?.id;
}

function toTime(since: number | boolean, now: number): number | null {
  if (since === true) return now;
  return since === false ? null : since;
}

function countIn(outcome: Imported, { password_hash: hash }: ImportedAccount): void {
  outcome.imported += 1;
  const cost = hash === undefined ? undefined : parseStoredHash(hash)?.cost;
  if (cost !== undefined) outcome.costs.set(cost, (outcome.costs.get(cost) ?? 0) + 1);
}
