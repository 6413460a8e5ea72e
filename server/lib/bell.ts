/** Wakes one who waits, and stays rung for one who is about to: between a look and the wait nothing gets lost. */
export interface Bell {
  ring: () => void;
  /** Resolves when it has been rung since the last time. */
  rung(): Promise<void>;
}

export function createBell(): Bell {
  let isRung = false;
  let wake = (): void => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    async rung() {
      if (!isRung) await new Promise<void>((resolve) => (wake = resolve));
      isRung = false;
    },
  };
}
