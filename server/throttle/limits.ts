import type { Transaction } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import { NO_OBSERVER, type Observer } from '../lib/observer.ts';
import { addressBucket } from './address.ts';
import { SPENDINGS } from './budgets.ts';
import { createCountKey } from './count-key.ts';
import { beginGuess, type Attempt, type Guess, type IsKnownDevice } from './guesses.ts';
import { createLoads, NO_LOADS, type Loads } from './loads.ts';
import { spend } from './spending.ts';
import { deleteCounts } from './throttle-store.ts';
import { throttled } from './throttled.ts';

/**
 * What is promised fails with `throttled` and the seconds to wait; what says `may` answers false. They count calls, not
 * requests, so that a batch gains nothing; and they count unknown accounts like known ones, so that being throttled tells
 * nothing. The numbers are in budgets.ts.
 */
export interface Limits extends Loads {
  /** Before a password is looked at, in whatever flow. */
  beginGuess(attempt: Attempt): Promise<Guess>;
  /**
   * All guesses at this account are forgotten: whoever shows that the mailbox is theirs, or the operator, lets its owner
   * try again. With `address` also those that were made from there. Returns how many there were.
   */
  forgive(trx: Transaction<Schema>, email: string, address?: string): Promise<number>;
  register(address: string): Promise<void>;
  /** Whoever asks for a link by mail. */
  forgotFrom(address: string): Promise<void>;
  /** False when this address has had its links for the hour, whether or not there is an account. */
  mayMailAddress(trx: Transaction<Schema>, email: string): Promise<boolean>;
  /** The same for links that set a new password. */
  mayMailReset(trx: Transaction<Schema>, email: string): Promise<boolean>;
  /** False when this account has asked for enough other addresses for the hour. */
  mayChangeEmail(trx: Transaction<Schema>, accountId: string): Promise<boolean>;
  /** False when this account has had its notices for the hour: an address that nobody has verified may be a stranger's. */
  mayMail(trx: Transaction<Schema>, accountId: string): Promise<boolean>;
}

export interface LimitsDeps {
  db: Db;
  clock: Clock;
  secrets: readonly [string, ...string[]];
  isKnownDevice: IsKnownDevice;
  /** Told the name of each limit that refuses. */
  observer?: Pick<Observer, 'throttled'>;
}

export function createLimits({
  db,
  clock,
  secrets,
  isKnownDevice,
  observer = NO_OBSERVER,
}: LimitsDeps): Limits {
  const keyOf = createCountKey(secrets);
  const spendBy = async (trx: Transaction<Schema>, name: keyof typeof SPENDINGS, subject: string) => {
    const spending = { key: keyOf(name, subject), allowance: SPENDINGS[name], now: clock.now() };
    const wait = await spend(trx, spending);
    // A transaction that has to be done again is counted again: seldom, and only in the metrics.
    if (wait > 0) observer.throttled(name);
    return wait;
  };
  const requireFrom = async (name: keyof typeof SPENDINGS, address: string): Promise<void> => {
    const wait = await inTransaction(db, (trx) => spendBy(trx, name, addressBucket(address)));
    if (wait > 0) throw throttled(wait);
  };

  return {
    ...createLoads(observer),
    beginGuess: (attempt) => beginGuess({ db, clock, keyOf, isKnownDevice, observer }, attempt),
    async forgive(trx, email, address) {
      const pair = address === undefined ? [] : [keyOf('pair', addressBucket(address), email)];
      const forgotten = await deleteCounts(trx, [keyOf('account', email), ...pair]);
      // Those from one address are among those from everywhere.
      return Math.max(0, ...forgotten);
    },
    register: (address) => requireFrom('registerAddress', address),
    forgotFrom: (address) => requireFrom('forgotAddress', address),
    mayMailAddress: async (trx, email) => (await spendBy(trx, 'linkMail', email)) === 0,
    mayMailReset: async (trx, email) => (await spendBy(trx, 'resetMail', email)) === 0,
    mayChangeEmail: async (trx, accountId) => (await spendBy(trx, 'emailChangeAccount', accountId)) === 0,
    mayMail: async (trx, accountId) => (await spendBy(trx, 'noticeMail', accountId)) === 0,
  };
}

/** `RATE_LIMIT=off`, for load tests. The start says so in a warning. */
export const NO_LIMITS: Limits = {
  ...NO_LOADS,
  beginGuess: async () => ({ succeeded: async () => {} }),
  forgive: async () => 0,
  register: async () => {},
  forgotFrom: async () => {},
  mayMailAddress: async () => true,
  mayMailReset: async () => true,
  mayChangeEmail: async () => true,
  mayMail: async () => true,
};
