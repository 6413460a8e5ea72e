import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import type { Db } from './connect.ts';
import { engineOf } from './engine.ts';
import { DatabaseAwayError, hasLost, isContradicted } from './postgres-errors.ts';
import type { Schema } from './schema.ts';

/** Milliseconds in which a transaction is tried again; as long as SQLite waits for its turn. */
const PATIENCE = 5_000;

/** Milliseconds: the pause before the second try at most; twice as much before each later one. */
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 250;

/** A row with the same key may have come in between, or been there all along: then trying again does not help. */
const MAX_CONTRADICTIONS = 4;

/**
 * Everything that `work` writes, or nothing, as if nobody else were writing at the same time: what it has read is still so when it
 * commits. SQLite has one writer at a time, and a transaction begins by becoming it. PostgreSQL runs it at the isolation level
 * SERIALIZABLE (https://www.postgresql.org/docs/current/transaction-iso.html#XACT-SERIALIZABLE) and ends one of two that cannot
 * be put in any order; it is then done again from the start. So `work` may run several times, and touches nothing but `trx`.
 * A connection that is cut before the commit has changed nothing either.
 *
 * Fails with whatever `work` throws, or with `busy` when it cannot be done in time, or nobody knows whether it was done.
 */
export async function inTransaction<Result>(
  db: Db,
  work: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  if (engineOf(db) === 'sqlite') return db.transaction().execute(work);
  const deadline = performance.now() + PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(work);
    } catch (error) {
      if (!mayHelp(error, attempt)) throw error;
      const pause = randomInt(1, Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE) + 1);
      if (performance.now() + pause > deadline)
        throw hasLost(error) ? new DatabaseAwayError(error, { undone: true }) : error;
      await sleep(pause);
    }
  }
}

function mayHelp(error: unknown, attempt: number): boolean {
  if (error instanceof DatabaseAwayError) return error.undone && attempt === 1;
  return hasLost(error) || (isContradicted(error) && attempt < MAX_CONTRADICTIONS);
}
