import type { Timers } from './timers.ts';

/**
 * Lets one tab at a time ask the server for new tokens. An optimisation and nothing more: the server makes
 * duplicate refreshes harmless, so nobody waits for a tab that has died or stalled (supabase-js#1594, #2013).
 * `waited` tells whether another tab had its turn first. Never held over a callback of the application.
 */
export interface TabLock {
  run<Result>(work: (turn: { waited: boolean }) => Promise<Result>): Promise<Result>;
}

interface TabLockOptions {
  /** `navigator.locks`; undefined where the browser has none. */
  locks: Pick<LockManager, 'request'> | undefined;
  name: string;
  /** Milliseconds to wait for another tab before going on without it. */
  patience: number;
  timers: Timers;
}

export function createTabLock({ locks, name, patience, timers }: TabLockOptions): TabLock {
  if (!locks) return { run: (work) => work({ waited: false }) };
  return {
    async run(work) {
      const turn = createTurn(work);
      try {
        await locks.request(name, { ifAvailable: true }, (lock) => (lock ? turn.take(false) : undefined));
        if (!turn.taken()) await waitForLock(() => turn.take(true));
      } catch (error) {
        // The browser refused, or patience ended. The work's own failure is in its own promise, below.
        if (turn.taken()) throw error;
      }
      return turn.take(true);
    },
  };

  async function waitForLock(work: () => Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    const giveUp = timers.start(() => waiting.abort(), patience);
    try {
      await locks?.request(name, { signal: waiting.signal }, () => {
        giveUp();
        return work();
      });
    } finally {
      giveUp();
    }
  }
}

/** Runs the work once, whoever gets to it first: with the lock, or without it when waiting has failed. */
function createTurn<Result>(work: (turn: { waited: boolean }) => Promise<Result>) {
  let running: Promise<Result> | undefined;
  return {
    taken: () => running !== undefined,
    take: (waited: boolean): Promise<Result> => (running ??= work({ waited })),
  };
}
