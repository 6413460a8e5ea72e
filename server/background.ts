import type { Deps } from './flows/deps.ts';
import { keepHouse } from './flows/housekeeping.ts';
import { LOOK_INTERVAL as KEY_LOOK_INTERVAL } from './keys/key-ring.ts';
import { repeat } from './lib/repeat.ts';
import { LOOK_INTERVAL } from './sessions/revocation-feed.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Of the time that a batch of housekeeping took: it gets a tenth of this process at most. */
const REST = 9;

/** What the server does at intervals, of itself. Returns how to stop it. */
export function startBackground(deps: Deps): () => Promise<void> {
  const report = (err: unknown) => deps.log.error({ err }, 'background work failed');

  const every = (pause: number, work: () => Promise<void>) =>
    repeat(
      async () => {
        await work();
        return pause;
      },
      {
        first: pause,
        failed(error) {
          report(error);
          return Math.max(pause, SECOND);
        },
      },
    );

  const stops = [
    every(LOOK_INTERVAL, () => deps.revocationFeed.look()),
    every(KEY_LOOK_INTERVAL, () => deps.keys.look()),
    every(MINUTE, () => deps.keys.tend()),
  ];

  deps.mail.start();

  let round = keepHouse(deps);
  const stopHousekeeping = repeat(
    async () => {
      const start = performance.now();
      const { done } = await round.next();
      if (!done) return REST * (performance.now() - start);
      round = keepHouse(deps);
      return HOUR;
    },
    {
      first: SECOND,
      failed(error) {
        report(error);
        round = keepHouse(deps);
        return HOUR;
      },
    },
  );

  return async () => {
    await Promise.all([...stops.map((stop) => stop()), stopHousekeeping()]);
  };
}
