import { expect, onTestFinished, test } from 'vitest';
import { CHILD_ENV } from '../races/child-processes.ts';
import { attemptRefresh, generationOf, newEmail } from '../races/raced-session.ts';
import { outcomeOfCall, readRefusal } from '../support/answers.ts';
import { askPostgres } from '../support/ask-postgres.ts';
import { builtServer } from '../support/built-server.ts';
import { takeDatabase } from '../support/database.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { cutListeners } from '../support/listener-cutting.ts';
import { startOwnPostgres } from '../support/postgres-server.mjs';
import { createWebClient, type WebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

const main = builtServer();
const LONG = { timeout: 180_000 };
const SOON = { interval: 50, timeout: 60_000 };

/** The reason, and for one that asks to be tried again how it says so. */
async function outcomeOf(response: Response): Promise<string> {
  if (response.status !== 503) return outcomeOfCall(response);
  const { reason, retryAfter } = readRefusal(503, await response.text());
  expect(response.headers.get('retry-after')).toBe(String(retryAfter));
  return reason;
}

async function statusOf(base: string, path: string): Promise<number> {
  return (await fetch(`${base}${path}`)).status;
}

/** Every kind of call that needs the database. */
async function callAll(client: WebClient): Promise<string[]> {
  const held = client.cookie;
  const answers = await Promise.all([
    client.query('auth.me'),
    client.query('sessions.list'),
    client.mutate('auth.refresh'),
    client.mutate('auth.login', { email: newEmail(), password: GOOD_PASSWORD }),
    client.mutate('auth.register', { email: newEmail(), password: GOOD_PASSWORD }),
  ]);
  client.cookie = held;
  return Promise.all(answers.map(outcomeOf));
}

/** Somebody at each process. */
async function signInEverywhere(fleet: Fleet): Promise<WebClient[]> {
  return Promise.all(
    fleet.ports.map(async (port) => {
      const client = createWebClient(fleet.at(port).base);
      await client.register(newEmail());
      return client;
    }),
  );
}

/** None of them has been started again, and everybody is as they were. */
async function expectRecovered(fleet: Fleet, clients: WebClient[]): Promise<void> {
  for (const port of fleet.ports) {
    const { base, child } = fleet.at(port);
    await expect.poll(() => statusOf(base, '/readyz'), SOON).toBe(200);
    expect(child.exitCode).toBeNull();
  }
  for (const client of clients) {
    expect(await outcomeOf(await client.query('auth.me'))).toBe('succeeded');
    expect(await attemptRefresh(client)).toBe('succeeded');
  }
}

async function expectAway(fleet: Fleet, clients: WebClient[]): Promise<void> {
  for (const port of fleet.ports) {
    const { base } = fleet.at(port);
    expect(await statusOf(base, '/healthz')).toBe(200);
    expect(await statusOf(base, '/readyz')).toBe(503);
  }
  for (const client of clients) expect(new Set(await callAll(client))).toEqual(new Set(['busy']));
}

test('while the database is stopped every process says busy, and goes on when it is back', LONG, async () => {
  // It ends without notice, and what it has confirmed must be there.
  const postgres = await startOwnPostgres({ synchronous_commit: 'on' });
  onTestFinished(() => postgres.stop());
  const fleet = await startFleet({ main: main(), env: CHILD_ENV, databaseUrl: postgres.url });
  const clients = await signInEverywhere(fleet);
  for (let time = 0; time < 2; time += 1) {
    let isOver = false;
    const uses = clients.map((client) => useUntil(client, () => isOver));
    await postgres.halt();
    await expect.poll(() => statusOf(fleet.at(fleet.ports[0] ?? 0).base, '/readyz'), SOON).toBe(503);
    isOver = true;
    // Whoever is in the middle of it is told the same.
    for (const outcomes of await Promise.all(uses))
      for (const seen of Object.values(outcomes))
        expect(['busy', 'succeeded']).toEqual(expect.arrayContaining([...seen]));
    await expectAway(fleet, clients);
    await postgres.resume();
    await expectRecovered(fleet, clients);
  }
});

test('a database that does not answer at all is away too, once it has been waited for', LONG, async () => {
  const network = await cutListeners(await takeDatabase());
  const fleet = await startFleet({ main: main(), env: CHILD_ENV, databaseUrl: network.url });
  const clients = await signInEverywhere(fleet);
  network.silence(true);
  await Promise.all(
    clients.map((client, index) =>
      expectAway({ ...fleet, ports: fleet.ports.slice(index, index + 1) }, [client]),
    ),
  );
  network.silence(false);
  await expectRecovered(fleet, clients);
});

const CUTS = 60;

/** Until it is over; with a refresh that was cut in the middle, the next one leads to the same token. */
async function useUntil(client: WebClient, isOver: () => boolean): Promise<Record<string, Set<string>>> {
  const outcomes = { me: new Set<string>(), refresh: new Set<string>() };
  const twin = createWebClient('');
  while (!isOver()) {
    outcomes.me.add(await outcomeOf(await client.query('auth.me')));
    const before = client.cookie;
    outcomes.refresh.add(await outcomeOf(await client.mutate('auth.refresh')));
    twin.cookie = client.cookie;
    client.cookie = before;
    const again = await outcomeOf(await client.mutate('auth.refresh'));
    outcomes.refresh.add(again);
    if (again === 'succeeded' && twin.cookie !== before) expect(client.cookie).toBe(twin.cookie);
    client.cookie ??= before;
  }
  return outcomes;
}

test('when every connection is cut, again and again, no read fails and no token is lost', LONG, async () => {
  const url = await takeDatabase();
  const fleet = await startFleet({ main: main(), env: CHILD_ENV, databaseUrl: url });
  const clients = await signInEverywhere(fleet);
  const [before] = clients.map(({ cookie }) => generationOf(cookie ?? ''));
  let isOver = false;
  const uses = clients.map((client) => useUntil(client, () => isOver));
  let cut = 0;
  while (cut < CUTS) {
    const rows = await askPostgres(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    if (rows.length > 0) cut += 1;
  }
  isOver = true;
  for (const { me, refresh } of await Promise.all(uses)) {
    expect(me).toEqual(new Set(['succeeded']));
    expect(['busy', 'succeeded']).toEqual(expect.arrayContaining([...(refresh ?? [])]));
  }
  await expectRecovered(fleet, clients);
  expect(generationOf(clients[0]?.cookie ?? '')).toBeGreaterThan(before ?? 0);
});
