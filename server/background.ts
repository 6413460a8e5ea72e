import { takeTurn } from './db/turns.ts';
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

/** Milliseconds until a process asks again whether it is its turn to keep house. */
const BETWEEN_TURNS = 10 * MINUTE;

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

  let round: ReturnType<typeof keepHouse> | undefined;
  const stopHousekeeping = repeat(
    async () => {
      const start = performance.now();
      round ??= await beginRound(deps);
      if (!round) return BETWEEN_TURNS;
      const { done } = await round.next();
      if (!done) return REST * (performance.now() - start);
      round = undefined;
      return BETWEEN_TURNS;
    },
    {
      first: SECOND,
      failed(error) {
        report(error);
        round = undefined;
        return BETWEEN_TURNS;
      },
    },
  );

  return async () => {
    await Promise.all([...stops.map((stop) => stop()), stopHousekeeping()]);
  };
}

/** One process at a time goes through the house, once an hour; undefined: it is not this one's turn. */
async function beginRound(deps: Deps): Promise<ReturnType<typeof keepHouse> | undefined> {
  const now = deps.clock.now();
  return (await takeTurn(deps.db, { name: 'housekeeping', now, until: now + HOUR }))
    ? keepHouse(deps)
    : undefined;
}
