/** Generations `first` to `last`, and when the last of them was replaced: milliseconds since the epoch. */
type Entry = readonly [first: number, last: number, at: number];

/** Oldest first. */
export type Retired = readonly Entry[];

/** The grace window is remembered in this many steps, so that a row stays small however often it rotates. */
const STEPS = 8;

/**
 * Notes that `generation` was replaced `now`. Keeps what lies inside the window; rotations within one step (an
 * eighth of the window) share an entry. So there are at most nine, and one in ordinary use.
 */
export function retire(
  retired: Retired,
  { generation, now, grace }: { generation: number; now: number; grace: number },
): Retired {
  const step = (at: number) => Math.floor((at * STEPS) / Math.max(grace, 1));
  const inWindow = retired.filter(([, , at]) => now - at < grace);
  const newest = inWindow.at(-1);
  return newest && step(newest[2]) === step(now)
    ? [...inWindow.slice(0, -1), [newest[0], generation, now]]
    : [...inWindow, [generation, generation, now]];
}

/**
 * When `generation` stopped being current: exact for the predecessor and for rotations at least a step apart;
 * otherwise late by less than a step, never early. So a retry inside the window is always forgiven, and a token
 * can be forgiven for at most an eighth of the window too long. Undefined: longer ago than the window.
 */
export function retiredAt(retired: Retired, generation: number): number | undefined {
  return retired.find(([first, last]) => first <= generation && generation <= last)?.[2];
}

export function writeRetired(retired: Retired): string {
  return JSON.stringify(retired);
}

export function readRetired(text: string): Retired {
  // Boundary: this column is written by writeRetired alone.
  return JSON.parse(text) as Retired;
}
