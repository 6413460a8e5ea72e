import type { Timers } from '../session/timers.ts';

interface Wait {
  /** Milliseconds; left out: as long as it takes. */
  delay?: number;
  /** Asked at the start and at every ring. */
  isOver: () => boolean;
}

/** Waiting that ends early. */
export interface Waits {
  wait(wait: Wait): Promise<void>;
  /** Something has changed: whoever waits looks again. */
  ring: () => void;
}

export function createWaits(timers: Timers): Waits {
  const looks = new Set<() => void>();
  return {
    ring() {
      for (const look of looks) look();
    },
    wait({ delay, isOver }) {
      if (isOver()) return Promise.resolve();
      return new Promise((resolve) => {
        const finish = (): void => {
          looks.delete(look);
          cancel();
          resolve();
        };
        const look = (): void => {
          if (isOver()) finish();
        };
        const cancel = delay === undefined ? () => {} : timers.start(finish, delay);
        looks.add(look);
      });
    },
  };
}
