import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { watchServer } from '../../server/db/foreign-writes.ts';
import { createListener, listenAt, type Listener } from '../../server/db/listener.ts';
import { createRevocationFeed } from '../../server/sessions/revocation-feed.ts';
import { createRevocations } from '../../server/sessions/revocations.ts';
import { listSessions } from '../support/accounts.ts';
import { askPostgres } from '../support/ask-postgres.ts';
import { createTestClock, HOUR, SECOND } from '../support/clock.ts';
import { takeDatabase } from '../support/database.ts';
import { createWorld, type Visitor, type World } from '../support/world.ts';

const SOON = { interval: 5, timeout: 10_000 };

interface Ear {
  listener: Listener;
  heard: string[];
}

async function listen(url: string): Promise<Ear> {
  const heard: string[] = [];
  const listener = createListener({
    connect: listenAt(url),
    hear: (subject, id) => void heard.push(`${subject} ${id}`),
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => listener.close());
  listener.start();
  await expect.poll(() => listener.isListening(), SOON).toBe(true);
  return { listener, heard };
}

/** Told after everything that was committed before it: PostgreSQL keeps the order of commits. */
async function untilHeardAll(url: string, { heard }: Ear): Promise<void> {
  const last = `noticed ${crypto.randomUUID().replace(/^(.{14})./, '$17')}`;
  await askPostgres(url, `notify sallyport, '${last}'`);
  await expect.poll(() => heard.at(-1), SOON).toBe(last);
  heard.pop();
}

async function begin(): Promise<{ url: string; world: World; ada: Visitor }> {
  const url = await takeDatabase();
  const world = await createWorld({ env: { DATABASE_URL: url } });
  const ada = world.visitor();
  await ada.register();
  return { url, world, ada };
}

test('hears at the commit which session has ended, once, and nothing of one that goes on', async () => {
  const { url, world, ada } = await begin();
  const ear = await listen(url);
  const [session] = await listSessions(world);
  await ada.api.auth.refresh();
  await untilHeardAll(url, ear);
  expect(ear.heard).toEqual([]);
  await ada.api.auth.logout();
  await untilHeardAll(url, ear);
  expect(ear.heard).toEqual([`ended ${session?.id}`]);
});

test('hears whose account has news', async () => {
  const { url, world, ada } = await begin();
  const { id } = await ada.api.auth.me();
  const ear = await listen(url);
  await world.visitor().signIn();
  await untilHeardAll(url, ear);
  expect(ear.heard).toEqual([`noticed ${id}`]);
});

test('hears nothing of what was undone, nor of words that are not those of the triggers', async () => {
  const { url } = await begin();
  const ear = await listen(url);
  await askPostgres(
    url,
    "begin; update sessions set revoked_at = 1, revoked_reason = 'signed_out'; rollback; notify sallyport, 'ended everything'; notify sallyport",
  );
  await untilHeardAll(url, ear);
  expect(ear.heard).toEqual([]);
});

/** In pg_stat_activity. */
const LISTENING = `from pg_stat_activity
  where datname = current_database() and application_name = 'sallyport listener'`;

async function cut(url: string): Promise<void> {
  const [found] = await askPostgres(url, `select count(pg_terminate_backend(pid))::int as cut ${LISTENING}`);
  expect(found).toEqual({ cut: 1 });
}

test('the feed asks nothing while it is told, looks each time while it is cut off, and reads what it missed', async () => {
  const { url, world, ada } = await begin();
  const bob = world.visitor();
  await bob.register('bob@example.com');
  const { listener } = await listen(url);
  const { db } = world.app.deps;
  const clock = createTestClock(world.clock.now());
  const revocations = createRevocations(HOUR, { announce: () => {} });
  const watch = watchServer(listener, clock);
  const feed = createRevocationFeed({ db, clock, revocations, memory: HOUR, watch });
  await feed.look();
  // What comes at the beginning has been missed: of the time before nobody has told.
  expect(await watch()).toBe('unasked');

  // Told to nobody here, and so not known until it looks by itself, once a second.
  await ada.api.auth.logout();
  await feed.look();
  expect(revocations.size()).toBe(0);
  clock.advance(SECOND);
  await feed.look();
  expect(revocations.size()).toBe(1);

  await cut(url);
  await expect.poll(() => listener.isListening(), SOON).toBe(false);
  await bob.api.auth.logout();
  await feed.look();
  expect(revocations.size()).toBe(2);

  await expect.poll(() => listener.isListening(), SOON).toBe(true);
  expect(await watch()).toBe('anything');
  expect(await watch()).toBe('unasked');
});

test('what was told is read, and refused, by a process that looks at nothing else', async () => {
  const url = await takeDatabase();
  const env = { DATABASE_URL: url };
  const here = await createWorld({ env });
  // Its clock stands still, so that it is never time for a look of its own.
  const there = await createWorld({ env, clock: here.clock, background: true });
  await expect.poll(() => askPostgres(url, `select 1 ${LISTENING}`), SOON).toHaveLength(1);
  const { revocationFeed } = there.app.deps;
  for (let look = 0; look < 5; look += 1) await revocationFeed.look();

  for (const email of ['ada@example.com', 'bob@example.com']) {
    const visitor = here.visitor();
    await visitor.register(email);
    const held = Object.assign(there.visitor(), { bearer: visitor.bearer });
    await held.api.auth.me();
    await visitor.api.auth.logout();
    await expect
      .poll(
        () =>
          held.api.auth.me().then(
            () => undefined,
            (error: Error) => error.cause,
          ),
        SOON,
      )
      .toMatchObject({ reason: 'session_revoked', ended: 'signed_out' });
  }
});

test('an operator is told once that nobody tells of other processes, however often it is tried', async () => {
  const lines: string[] = [];
  const open = listenAt(await takeDatabase());
  let tries = 0;
  const listener = createListener({
    connect: async () => {
      tries += 1;
      if (tries < 4) throw new Error('not let in');
      return open();
    },
    hear: () => {},
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
  });
  onTestFinished(() => listener.close());
  listener.start();
  await expect.poll(() => listener.isListening(), SOON).toBe(true);
  expect(tries).toBe(4);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('nobody tells of other processes');
});
