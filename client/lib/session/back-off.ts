const FIRST = 1_000;
const LONGEST = 30_000;

/**
 * Milliseconds before the next attempt after `failures` in a row: doubling up to half a minute, spread by
 * `random` (0 to 1) so that a server which comes back is not met by everybody at once.
 */
export function backOff(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return ceiling * (0.5 + random / 2);
}
