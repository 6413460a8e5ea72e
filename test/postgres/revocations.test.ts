import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { CHILD_ENV } from '../races/child-processes.ts';
import { newEmail } from '../races/raced-session.ts';
import { outcomeOfCall } from '../support/answers.ts';
import { askPostgres } from '../support/ask-postgres.ts';
import { builtServer } from '../support/built-server.ts';
import { takeDatabase } from '../support/database.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { cutListeners } from '../support/listener-cutting.ts';
import { createWebClient, type WebClient } from '../support/web-client.ts';

const main = builtServer();
const LONG = { timeout: 120_000 };
const SOON = { interval: 20, timeout: 20_000 };

/** Milliseconds: longer than a process believes its memory without a look. */
const STALE = 2_500;

/** At one time: one of each process, and what one of them was told. */
const MOST_LOOKS = 4;

async function startBehindCutter() {
  const cutter = await cutListeners(await takeDatabase());
  const fleet = await startFleet({ main: main(), env: CHILD_ENV, databaseUrl: cutter.url });
  await expect.poll(cutter.listeners, SOON).toBe(fleet.ports.length);
  return { cutter, fleet };
}

/** The same session at each process, which has seen its token. */
async function signInEverywhere(fleet: Fleet): Promise<WebClient[]> {
  const clients = fleet.ports.map((port) => createWebClient(fleet.at(port).base));
  const [first] = clients;
  await first?.register(newEmail());
  const { bearer, cookie } = first ?? {};
  for (const client of clients) {
    Object.assign(client, { bearer, cookie });
    expect(await me(client)).toBe('succeeded');
  }
  return clients;
}

async function me(client: WebClient): Promise<string> {
  return outcomeOfCall(await client.query('auth.me'));
}

async function signOut(client: WebClient | undefined): Promise<void> {
  expect((await client?.mutate('auth.logout'))?.status).toBe(200);
}

test('a sign-out reaches every process, also while no connection that listens can be had', LONG, async () => {
  const { cutter, fleet } = await startBehindCutter();
  const told = await signInEverywhere(fleet);
  await signOut(told[0]);
  for (const client of told) await expect.poll(() => me(client), SOON).toBe('session_revoked');

  const deaf = await signInEverywhere(fleet);
  cutter.deafen(true);
  await expect.poll(cutter.refused, SOON).toBeGreaterThan(0);
  expect(cutter.listeners()).toBe(0);
  await signOut(deaf[1]);
  for (const client of deaf) await expect.poll(() => me(client), SOON).toBe('session_revoked');
  for (const port of fleet.ports) expect((await fetch(`${fleet.at(port).base}/readyz`)).status).toBe(200);

  const healed = await signInEverywhere(fleet);
  cutter.deafen(false);
  await expect.poll(cutter.listeners, SOON).toBe(fleet.ports.length);
  await signOut(healed[2]);
  for (const client of healed) await expect.poll(() => me(client), SOON).toBe('session_revoked');
});

test.each([
  ['listens', false],
  ['does not listen', true],
])(
  'a process that %s and has been stopped for a while refuses at its first answer what was ended meanwhile',
  LONG,
  async (_, isDeaf) => {
    const { cutter, fleet } = await startBehindCutter();
    cutter.deafen(isDeaf);
    const [here, there] = await signInEverywhere(fleet);
    const { child } = fleet.at(fleet.ports[1] ?? 0);
    child.kill('SIGSTOP');
    await signOut(here);
    // They wait in its socket, and are the first that it sees.
    const answers = Array.from({ length: 5 }, async () => there && me(there));
    // The time that passes is what this is about: less, and it would rightly believe what it knows.
    await pause(STALE);
    // Whoever wants to know waits for us, so that nobody hears of the end before all have asked.
    const rival = new pg.Client({ connectionString: fleet.databaseUrl });
    await rival.connect();
    onTestFinished(() => rival.end());
    await rival.query('begin; lock table sessions in access exclusive mode');
    child.kill('SIGCONT');
    const waiting = `select 1 from pg_stat_activity
      where datname = current_database() and application_name = 'sallyport' and wait_event_type = 'Lock'`;
    const count = async () => (await askPostgres(fleet.databaseUrl, waiting)).length;
    await expect.poll(count, SOON).toBeGreaterThan(MOST_LOOKS);
    await rival.query('commit');
    expect(await Promise.all(answers)).toEqual(answers.map(() => 'session_revoked'));
  },
);
