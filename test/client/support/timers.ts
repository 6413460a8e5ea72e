import type { Timers } from '../../../client/lib/session/timers.ts';

/** Stands still until it is told to move, and then runs what is due, in order. */
export interface ManualTimers extends Timers {
  advance(milliseconds: number): Promise<void>;
  /** Lets everything that needs no time happen. */
  settle(): Promise<void>;
}

export function createManualTimers(start = Date.UTC(2026, 10, 24, 12)): ManualTimers {
  let time = start;
  const waiting = new Set<{ at: number; callback: () => void }>();

  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  return {
    now: () => time,
    start(callback, delay) {
      const entry = { at: time + delay, callback };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    settle,
    async advance(milliseconds) {
      const end = time + milliseconds;
      await settle();
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        waiting.delete(next);
        time = Math.max(time, next.at);
        next.callback();
        await settle();
      }
      time = end;
    },
  };
}
