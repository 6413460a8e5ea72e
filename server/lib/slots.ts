/** So many at a time for each key; one more, and the oldest is told to end. */
export interface Slots {
  /** `end` is called when a newer one needs the place. Returns how to give it back. */
  claim(key: string, end: () => void): () => void;
}

export function createSlots(limit: number): Slots {
  const taken = new Map<string, Set<() => void>>();
  return {
    claim(key, end) {
      const holders = taken.get(key) ?? new Set();
      taken.set(key, holders.add(end));
      const [oldest] = holders;
      if (holders.size > limit && oldest) {
        holders.delete(oldest);
        oldest();
      }
      return () => {
        holders.delete(end);
        if (holders.size === 0 && taken.get(key) === holders) taken.delete(key);
      };
    },
  };
}
