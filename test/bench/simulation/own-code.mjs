// @ts-check
import { join } from 'node:path';
import { createServer } from 'vite';

/**
 * The server's own modules, as they are: what is simulated is the world around them. `load` takes a path below `server/`.
 *
 * @typedef {{ load: (file: string) => Promise<any>, close: () => Promise<void> }} OwnCode
 *
 * @returns {Promise<OwnCode>}
 */
export async function openOwnCode() {
  const vite = await createServer({
    configFile: join(import.meta.dirname, '../../../vite.config.ts'),
    server: { middlewareMode: true, watch: null },
    logLevel: 'warn',
  });
  return {
    load: (file) => vite.ssrLoadModule(`/../server/${file}`),
    close: () => vite.close(),
  };
}

/**
 * The same numbers in each run: what differs between two runs is the machine, not the dice.
 *
 * @returns {() => number} 0 to 1, evenly (mulberry32)
 */
export function createDice(seed = 1) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
