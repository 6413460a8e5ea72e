import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { Allowance } from './budgets.ts';
import { countFailure, currentCount, waitOf } from './count.ts';
import { readCounts, writeCounts } from './throttle-store.ts';

export interface Spending {
  key: string;
  allowance: Allowance;
  now: number;
}

/** 0: it was there and is spent; else the milliseconds until there is more, and nothing was written. */
export async function spend(trx: Transaction<Schema>, { key, allowance, now }: Spending): Promise<number> {
  const count = currentCount((await readCounts(trx, [key])).get(key), now);
  const wait = waitOf(count, now);
  if (wait === 0) await writeCounts(trx, [[key, countFailure(allowance, count, now)]]);
  return wait;
}
