import { fileURLToPath } from 'node:url';
import type { Strength } from '../../shared/password-policy.ts';
import type { Logger } from '../lib/logger.ts';
import { createThreads } from './threads.ts';

/** Passwords that may wait, at a millisecond or two each and 18 at worst. One more is told to come back. */
const MAX_WAITING = 500;

/** Milliseconds until nobody is expected to choose a password soon, and the words are let go. */
const IDLE = 10_000;

export interface StrengthEstimator {
  /** `personal` as for EstimateStrength. Fails with `busy` when too many wait, or no thread can be started. */
  estimate(password: string, personal: readonly string[]): Promise<Strength>;
  close(): Promise<void>;
}

/**
 * A thread of its own, which lives while passwords are being chosen: its words take 30 MB and a tenth of a second to prepare,
 * and a password that somebody made to be hard to judge 18 ms, in which every other call would stand still.
 */
export function createStrengthEstimator(log?: Logger): StrengthEstimator {
  const threads = createThreads<{ password: string; personal: readonly string[] }, Strength>({
    filename: fileURLToPath(new URL('./strength-worker.mjs', import.meta.url)),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE,
    maxQueue: MAX_WAITING,
    log,
  });
  return {
    estimate: (password, personal) => threads.run({ password, personal }),
    close: () => threads.close(),
  };
}
