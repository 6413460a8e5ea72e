import type { Deps } from './flows/deps.ts';
import { keepHouse } from './flows/housekeeping.ts';
import { repeat } from './lib/repeat.ts';
import { LOOK_INTERVAL } from './sessions/revocation-feed.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Of the time that a batch of housekeeping took: it gets a tenth of this process at most. */
const REST = 9;

/** What the server does at intervals, of itself. Returns how to stop it. */
export function startBackground(deps: Deps): () => Promise<void> {
  const report = (err: unknown) => deps.log.error({ err }, 'background work failed');

  const stopFollowing = repeat(
    async () => {
      await deps.revocationFeed.look();
      return LOOK_INTERVAL;
    },
    {
      first: LOOK_INTERVAL,
      failed(error) {
        report(error);
        return SECOND;
      },
    },
  );

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
    await Promise.all([stopFollowing(), stopHousekeeping()]);
  };
}
