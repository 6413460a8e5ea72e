/** From 0 to 1, the same for the same seed (mulberry32). For choosing faults; no secret depends on it. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the keys, each as often as its weight says. */
export function choose<Key extends string>(random: Random, weights: Record<Key, number>): Key {
  // Boundary: Object.entries does not say that the keys are those of the type.
  const entries = Object.entries(weights) as [Key, number][];
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  const chosen = entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0];
  if (!chosen) throw new Error('nothing to choose from');
  return chosen[0];
}

export function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[Math.floor(random() * items.length)];
}
