const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * After `free` attempts each failure makes the next one wait: 1 s, then twice as long each time, `longest` at most. From
 * `most` on nothing is tried any more. A success begins anew; forgotten `memory` after the last failure. Times in
 * milliseconds.
 */
export interface Backoff {
  free: number;
  longest: number;
  memory: number;
  most: number;
}

/** `most` within `window` milliseconds, which begins with the first. */
export interface Allowance {
  most: number;
  window: number;
}

export type Budget = Backoff | Allowance;

/** Milliseconds after the first failure that is not free. */
export const FIRST_WAIT = SECOND;

/**
 * Every number of docs/SECURITY.md, Guessing, stands here and nowhere else; a test compares the two. An account has 100
 * consecutive failures in all (NIST SP 800-63B-4 §3.2.2): strangers may use up 80 of them, the rest is for whoever shows a
 * device that its owner has signed in from.
 */
export const GUESSES = {
  /** One account from one address. */
  pair: { free: 5, longest: 15 * MINUTE, memory: DAY, most: Infinity },
  /** One account, by everybody; the wait is short, since strangers could impose it on the owner. */
  account: { free: 20, longest: MINUTE, memory: 30 * DAY, most: 80 },
  /** One account by one device that is known there; from 20 on it counts as a stranger's. */
  device: { free: 5, longest: 15 * MINUTE, memory: 30 * DAY, most: 20 },
  /** One address at all accounts (spraying). */
  address: { most: 100, window: 15 * MINUTE },
} as const satisfies Record<string, Budget>;

export const MOST_CONSECUTIVE_FAILURES = 100;

/** What makes accounts or fills other people's mailboxes: in the database, for a restart must not give it again. */
export const SPENDINGS = {
  registerAddress: { most: 30, window: HOUR },
  /** Who asks for links by mail. */
  forgotAddress: { most: 30, window: HOUR },
  /** To whom links are sent, whether or not there is an account. */
  linkMail: { most: 3, window: HOUR },
  /** The same, for new passwords: what others have an address sent must not use up its owner's way in. */
  resetMail: { most: 3, window: HOUR },
  /** Each is mail to an address that may be anybody's. */
  emailChangeAccount: { most: 5, window: HOUR },
  /** Security notices of one account. */
  noticeMail: { most: 5, window: HOUR },
} as const satisfies Record<string, Allowance>;

/** Against load alone, for what is presented has 256 bits and is never guessed: in memory, each process for itself. */
export const LOADS = {
  refreshAddress: { most: 600, window: MINUTE },
  refreshSession: { most: 120, window: MINUTE },
  proofAddress: { most: 600, window: MINUTE },
  clientAddress: { most: 60, window: 5 * MINUTE },
  mailTokenAddress: { most: 60, window: 5 * MINUTE },
  /** Each is estimated, which takes milliseconds, and may be looked up elsewhere. */
  newPasswordAddress: { most: 120, window: 5 * MINUTE },
  exportAccount: { most: 10, window: HOUR },
} as const satisfies Record<string, Allowance>;

/** What the operator's metrics name a refusal by. */
export const LIMIT_NAMES: readonly string[] = [GUESSES, SPENDINGS, LOADS].flatMap((budgets) =>
  Object.keys(budgets),
);
