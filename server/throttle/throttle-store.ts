import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import { engineOf } from '../db/engine.ts';
import type { Schema } from '../db/schema.ts';
import type { Count } from './count.ts';

/** By key; also what has expired and is not yet removed. */
export async function readCounts(trx: Transaction<Schema>, keys: string[]): Promise<Map<string, Count>> {
  const rows = await trx.selectFrom('throttles').selectAll().where('key', 'in', keys).execute();
  return new Map(
    rows.map((row) => [
      row.key,
      { failures: row.failures, blockedUntil: row.blocked_until, expiresAt: row.expires_at },
    ]),
  );
}

/** One after the other in this order, which is to be the same for all that have rows in common: see guesses.ts. */
export async function writeCounts(trx: Transaction<Schema>, counts: [string, Count][]): Promise<void> {
  await trx
    .insertInto('throttles')
    .values(
      counts.map(([key, count]) => ({
        key,
        failures: count.failures,
        blocked_until: count.blockedUntil,
        expires_at: count.expiresAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => ({
        failures: eb.ref('excluded.failures'),
        blocked_until: eb.ref('excluded.blocked_until'),
        expires_at: eb.ref('excluded.expires_at'),
      })),
    )
    .execute();
}

/** Gives one back, of the very window that it was counted in: of a later one it would be a gift. */
export async function uncount(trx: Transaction<Schema>, key: string, expiresAt: number): Promise<void> {
  await trx
    .updateTable('throttles')
    .set((eb) => ({ failures: eb('failures', '-', 1), blocked_until: 0 }))
    .where('key', '=', key)
    .where('expires_at', '=', expiresAt)
    .execute();
}

/** In the order of their keys, as others wait for them. Returns what was in them, in whatever order. */
export async function deleteCounts(trx: Transaction<Schema>, keys: string[]): Promise<number[]> {
  const locked = trx
    .selectFrom('throttles')
    .select('key')
    .where('key', 'in', keys)
    .orderBy('key')
    // A deletion alone takes them in whatever order its plan has.
    .$if(engineOf(trx) === 'postgres', (query) => query.forUpdate());
  const deleted = await trx
    .deleteFrom('throttles')
    .where('key', 'in', locked)
    .returning('failures')
    .execute();
  return deleted.map(({ failures }) => failures);
}

/** What counts for nothing any more, so much at most. Returns how many rows. */
export async function removeThrottles(
  db: Db,
  { now, limit }: { now: number; limit: number },
): Promise<number> {
  const expired = db
    .selectFrom('throttles')
    .select('key')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit);
  const removed = await db
    .deleteFrom('throttles')
    .where('key', 'in', expired)
    // Again, for an engine where somebody may have begun to count anew between the two.
    .where('expires_at', '<=', now)
    .returning('key')
    .execute();
  return removed.length;
}
