/** Time as an argument: tests move it by hand. Milliseconds throughout. */
export interface Timers {
  now(): number;
  /** Returns how to cancel. */
  start(callback: () => void, delay: number): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  start(callback, delay) {
    const id = setTimeout(callback, delay);
    return () => clearTimeout(id);
  },
};

export function pause(timers: Timers, delay: number): Promise<void> {
  return new Promise((resolve) => void timers.start(resolve, delay));
}
