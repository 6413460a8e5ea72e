import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Failure } from '../lib/failure.ts';
import { addressBucket } from './address.ts';

const MINUTE = 60;

/**
 * Calls per window (seconds). Generous to people, ruinous to guessing: a stranger gets 10 guesses at an account
 * from one place and 30 from all places in a quarter of an hour. Documented in the README.
 */
const LIMITS = {
  signInPair: { points: 10, duration: 15 * MINUTE },
  signInAccount: { points: 30, duration: 15 * MINUTE },
  signInAddress: { points: 100, duration: 15 * MINUTE },
  registerAddress: { points: 30, duration: 60 * MINUTE },
  refreshAddress: { points: 600, duration: MINUTE },
  refreshSession: { points: 120, duration: MINUTE },
  proofAddress: { points: 600, duration: MINUTE },
  clientAddress: { points: 60, duration: 5 * MINUTE },
  forgotAddress: { points: 30, duration: 60 * MINUTE },
  mailTokenAddress: { points: 60, duration: 5 * MINUTE },
  mailRecipient: { points: 3, duration: 60 * MINUTE },
  exportAccount: { points: 10, duration: 60 * MINUTE },
  mailAccount: { points: 5, duration: 60 * MINUTE },
} as const;

type LimitName = keyof typeof LIMITS;

/**
 * Each fails with `throttled` and the seconds to wait. They count calls, not requests, so that a batch gains
 * nothing; and they count unknown accounts like known ones, so that being throttled tells nothing.
 */
export interface Limits {
  signIn(address: string, email: string): Promise<void>;
  /** The right password: these attempts were the owner's, and are given back. */
  signInSucceeded(address: string, email: string): Promise<void>;
  register(address: string): Promise<void>;
  refreshFrom(address: string): Promise<void>;
  refreshOf(sessionId: string): Promise<void>;
  /** Before a DPoP proof is checked for somebody who has shown nothing yet. */
  proofFrom(address: string): Promise<void>;
  /** A client that could not show who it is. Whoever can is never counted: a service may ask as often as it likes. */
  clientFailed(address: string): Promise<void>;
  /** False when this account has had its mail for the hour: an address that nobody has verified may be a stranger's. */
  mayMail(accountId: string): Promise<boolean>;
  /** Asking for links by mail. */
  forgotFrom(address: string): Promise<void>;
  /** False when this address has had its links for the hour, whether or not it has an account. */
  mayMailAddress(email: string): Promise<boolean>;
  /** Redeeming links. */
  mailTokenFrom(address: string): Promise<void>;
  exportOf(accountId: string): Promise<void>;
}

export function createLimits(): Limits {
  const limiters = new Map(
    Object.entries(LIMITS).map(([name, limit]) => [
      name,
      new RateLimiterMemory({ keyPrefix: name, ...limit }),
    ]),
  );
  const limiter = (name: LimitName): RateLimiterMemory => {
    const found = limiters.get(name);
    if (!found) throw new Error(`no limiter ${name}`);
    return found;
  };
  const consume = async (name: LimitName, key: string): Promise<void> => {
    try {
      await limiter(name).consume(key);
    } catch (outcome) {
      if (!(outcome instanceof RateLimiterRes)) throw outcome;
      throw new Failure('throttled', { retryAfter: Math.max(1, Math.ceil(outcome.msBeforeNext / 1000)) });
    }
  };
  const mayConsume = async (name: LimitName, key: string): Promise<boolean> => {
    const { remainingPoints } = (await limiter(name).get(key)) ?? {};
    if (remainingPoints !== undefined && remainingPoints <= 0) return false;
    await consume(name, key);
    return true;
  };
  const pair = (address: string, email: string) => `${addressBucket(address)} ${email}`;

  return {
    async signIn(address, email) {
      await consume('signInAddress', addressBucket(address));
      await consume('signInPair', pair(address, email));
      await consume('signInAccount', email);
    },
    async signInSucceeded(address, email) {
      await limiter('signInPair').delete(pair(address, email));
      await limiter('signInAccount').reward(email);
      await limiter('signInAddress').reward(addressBucket(address));
    },
    register: (address) => consume('registerAddress', addressBucket(address)),
    refreshFrom: (address) => consume('refreshAddress', addressBucket(address)),
    refreshOf: (sessionId) => consume('refreshSession', sessionId),
    proofFrom: (address) => consume('proofAddress', addressBucket(address)),
    clientFailed: (address) => consume('clientAddress', addressBucket(address)),
    mayMail: (accountId) => mayConsume('mailAccount', accountId),
    forgotFrom: (address) => consume('forgotAddress', addressBucket(address)),
    mayMailAddress: (email) => mayConsume('mailRecipient', email),
    mailTokenFrom: (address) => consume('mailTokenAddress', addressBucket(address)),
    exportOf: (accountId) => consume('exportAccount', accountId),
  };
}

/** `RATE_LIMIT=off`, for load tests. The start says so in a warning. */
export const NO_LIMITS: Limits = {
  signIn: async () => {},
  signInSucceeded: async () => {},
  register: async () => {},
  refreshFrom: async () => {},
  refreshOf: async () => {},
  proofFrom: async () => {},
  clientFailed: async () => {},
  mayMail: async () => true,
  forgotFrom: async () => {},
  mayMailAddress: async () => true,
  mailTokenFrom: async () => {},
  exportOf: async () => {},
};
