import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import type { Observer } from '../lib/observer.ts';
import { addressBucket } from './address.ts';
import { GUESSES, MOST_CONSECUTIVE_FAILURES } from './budgets.ts';
import { countFailure, currentCount, waitOf, type Count } from './count.ts';
import type { CountKey } from './count-key.ts';
import { deleteCounts, readCounts, uncount, writeCounts } from './throttle-store.ts';
import { throttled } from './throttled.ts';

/** Who is about to have a password checked, and for which account. */
export interface Attempt {
  address: string;
  /** In canonical form; there need be no such account. */
  email: string;
  /** Of the device that the caller shows to hold, as in `devices`; undefined: none. */
  deviceHash: string | undefined;
}

/** Counted as a failure until it is said to be none: whoever makes the process die in between gains nothing by it. */
export interface Guess {
  /** The password was right. In the transaction of what it is good for, so that neither is there without the other. */
  succeeded(trx: Transaction<Schema>): Promise<void>;
}

/** Whether the account's owner has signed in from this device before. */
export type IsKnownDevice = (
  trx: Transaction<Schema>,
  device: { email: string; hash: string },
) => Promise<boolean>;

export interface GuessDeps {
  db: Db;
  clock: Clock;
  keyOf: CountKey;
  isKnownDevice: IsKnownDevice;
  observer: Pick<Observer, 'throttled'>;
}

type Counter = keyof typeof GUESSES;

interface Plan {
  /** Milliseconds; more than 0: the attempt is refused. */
  wait: number;
  /** Who imposes the wait. */
  longest: Counter;
  counters: Counter[];
}

/**
 * Counts an attempt before its password is looked at: of any number at once no more get through than one after the
 * other. Fails with `throttled`, and then has written nothing: an attacker must not choose how often we write.
 */
export async function beginGuess(
  { db, clock, keyOf, isKnownDevice, observer }: GuessDeps,
  { address, email, deviceHash }: Attempt,
): Promise<Guess> {
  const bucket = addressBucket(address);
  const keys: Record<Counter, string> = {
    address: keyOf('address', bucket),
    pair: keyOf('pair', bucket, email),
    account: keyOf('account', email),
    device: keyOf('device', deviceHash ?? '', email),
  };

  const { wait, longest, windowEnd } = await inTransaction(db, async (trx) => {
    const now = clock.now();
    const rows = await readCounts(trx, Object.values(keys));
    const countOf = (counter: Counter) => currentCount(rows.get(keys[counter]), now);
    const isKnown = deviceHash !== undefined && (await isKnownDevice(trx, { email, hash: deviceHash }));
    const isTrusted = isKnown && countOf('device').failures < GUESSES.device.most;
    const { wait, longest, counters } = isTrusted ? planOfDevice(countOf, now) : planOfStranger(countOf, now);
    if (wait > 0) return { wait, longest };
    const counted = counters.map((counter): [string, Count] => [
      keys[counter],
      countFailure(GUESSES[counter], countOf(counter), now),
    ]);
    await writeCounts(trx, inOrder(counted, keys.address));
    return { wait, longest, windowEnd: new Map(counted).get(keys.address)?.expiresAt };
  });

  if (wait > 0) {
    observer.throttled(longest);
    throw throttled(wait);
  }
  return {
    async succeeded(trx) {
      // Only this one: an account of their own must give a guesser at others nothing back.
      if (windowEnd !== undefined) await uncount(trx, keys.address, windowEnd);
      await deleteCounts(trx, [keys.pair, keys.account, keys.device]);
    },
  };
}

/**
 * The address first and the others by their keys, here and in `succeeded`. In another order each of two could hold the row
 * that the other one waits for, until PostgreSQL has looked for such a thing, which it does after a second.
 */
function inOrder(counted: [string, Count][], first: string): [string, Count][] {
  const place = (key: string) => (key === first ? '' : key);
  return counted.toSorted(([a], [b]) => (place(a) < place(b) ? -1 : 1));
}

function planOfStranger(countOf: (counter: Counter) => Count, now: number): Plan {
  const counters: Counter[] = ['address', 'pair', 'account'];
  return { ...longestOf(counters.map((counter) => [counter, waitOf(countOf(counter), now)])), counters };
}

/**
 * What strangers have caused does not stop it, wherever they are and wherever it is. What it does itself they are told of
 * all the same, since an account has so many failures in all.
 */
function planOfDevice(countOf: (counter: Counter) => Count, now: number): Plan {
  const { failures, expiresAt } = countOf('account');
  const forAll = failures >= MOST_CONSECUTIVE_FAILURES ? expiresAt - now : 0;
  const waits: [Counter, number][] = [
    ['device', waitOf(countOf('device'), now)],
    ['account', forAll],
  ];
  return { ...longestOf(waits), counters: ['device', 'account'] };
}

function longestOf(waits: [Counter, number][]): Pick<Plan, 'wait' | 'longest'> {
  const wait = Math.max(...waits.map(([, wait]) => wait));
  const [longest] = waits.find((one) => one[1] === wait) ?? ['account'];
  return { wait, longest };
}
