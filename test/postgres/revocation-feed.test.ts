import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { createRevocationFeed } from '../../server/sessions/revocation-feed.ts';
import { revokeSession } from '../../server/sessions/revocation-store.ts';
import { createRevocations } from '../../server/sessions/revocations.ts';
import { uuidv7 } from '../../server/lib/ids.ts';
import { listSessions } from '../support/accounts.ts';
import { HOUR, SECOND } from '../support/clock.ts';
import { createWorld } from '../support/world.ts';

/** Its answers come when `arrive` does, and fail when that does. */
function holdAnswers(arrive: () => Promise<void>): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      await arrive();
      return result;
    },
  };
}

/** One session that goes on, and what another process would know of it. */
async function begin(arrive: () => Promise<void> = async () => {}) {
  const { app, clock, visitor } = await createWorld();
  await visitor().register();
  const [session] = await listSessions({ app });
  const id = session?.id ?? '';
  const { db } = app.deps;
  const revocations = createRevocations(HOUR, { announce: () => {} });
  const feed = createRevocationFeed({
    db: db.withPlugin(holdAnswers(arrive)),
    clock,
    revocations,
    memory: HOUR,
    watch: async () => 'something',
  });
  const end = (at: number) => revokeSession(db, { id, reason: 'signed_out', now: at });
  return { id, clock, feed, revocations, end };
}

test('of more than one statement takes nothing is kept, and the next look reads all that has ended', async () => {
  const { id, clock, feed, revocations, end } = await begin();
  await feed.look();
  clock.advance(SECOND * 60);
  // Longer ago than a look goes back of itself.
  await end(clock.now() - SECOND * 30);
  const told = Array.from({ length: 70_000 }, () => feed.hear(uuidv7(clock.now())));
  await Promise.all([...told, feed.hear(id)]);
  expect(revocations.reasonOf(id)).toBeUndefined();
  await feed.look();
  expect(revocations.reasonOf(id)).toBe('signed_out');
});

test('what could not be read while a look was under way is still owed after it', async () => {
  let arrive = async () => {};
  const { id, clock, feed, revocations, end } = await begin(() => arrive());
  await feed.look();
  clock.advance(SECOND * 60);
  let release = () => {};
  let looking: Promise<void> | undefined;
  // The database has answered, so that what comes now is not in it.
  await new Promise<void>((answered) => {
    arrive = () =>
      new Promise((resolve) => {
        release = resolve;
        answered();
      });
    looking = feed.look();
  });
  await end(clock.now() - SECOND * 30);
  arrive = () => Promise.reject(new Error('the connection was cut'));
  await expect(feed.hear(id)).rejects.toThrow('the connection was cut');
  arrive = async () => {};
  release();
  await looking;
  expect(revocations.reasonOf(id)).toBeUndefined();
  await feed.look();
  expect(revocations.reasonOf(id)).toBe('signed_out');
});
