import { dirname, join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { claimMail } from '../../server/mail/store.ts';
import { createSealing } from '../../server/lib/sealing.ts';
import { CHILD_ENV } from '../races/child-processes.ts';
import { attemptRefresh, newEmail } from '../races/raced-session.ts';
import { outcomeOfCall } from '../support/answers.ts';
import { askPostgres, takeBareDatabase } from '../support/ask-postgres.ts';
import { builtServer } from '../support/built-server.ts';
import { createTestClock } from '../support/clock.ts';
import { takeDatabase } from '../support/database.ts';
import { createHold } from '../support/fault-proxy.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { temporaryFolder } from '../support/folder.ts';
import { SECRET } from '../support/secret.ts';
import { launch } from '../support/server-process.ts';
import { listenSmtp } from '../support/smtp.ts';
import { createWebClient, type WebClient } from '../support/web-client.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

const main = builtServer();
const LONG = { timeout: 120_000 };
const SOON = { interval: 20, timeout: 60_000 };

function clientsOf(fleet: Fleet): WebClient[] {
  return fleet.ports.map((port) => createWebClient(fleet.at(port).base));
}

/** What one process has signed is accepted by all. */
async function expectSharedTokens(fleet: Fleet): Promise<string[]> {
  const kids: string[] = [];
  for (const client of clientsOf(fleet)) {
    await client.register(newEmail());
    kids.push(decodeProtectedHeader(client.bearer ?? '').kid ?? '');
    for (const other of clientsOf(fleet)) {
      other.bearer = client.bearer;
      expect(await outcomeOfCall(await other.query('auth.me'))).toBe('succeeded');
    }
  }
  return kids;
}

test('three that start at once on an empty database migrate it once, and make one key', LONG, async () => {
  const url = await takeBareDatabase();
  const fleet = await startFleet({ main: main(), env: CHILD_ENV, databaseUrl: url });
  const keys = await askPostgres(url, 'select kid from signing_keys');
  expect(keys).toHaveLength(1);
  expect(new Set(await expectSharedTokens(fleet))).toEqual(new Set(keys.map(({ kid }) => kid)));
});

test(
  'keys are replaced under load, with nobody refused and every process signing with the new one',
  LONG,
  async () => {
    const fleet = await startFleet({ main: main(), env: CHILD_ENV });
    const [before] = await expectSharedTokens(fleet);
    const end = new AbortController();
    const visits = clientsOf(fleet).map(async (client, index, all) => {
      await client.register(newEmail());
      const outcomes = new Set<string>();
      while (!end.signal.aborted) {
        outcomes.add(await attemptRefresh(client));
        // At another process, which may not have heard of the key yet.
        const other = createWebClient(fleet.at(fleet.ports[(index + 1) % all.length] ?? 0).base);
        other.bearer = client.bearer;
        outcomes.add(await outcomeOfCall(await other.query('auth.me')));
      }
      return [...outcomes];
    });
    const env = { DATABASE_URL: fleet.databaseUrl, AUTH_SECRET: SECRET };
    const command = await launch({
      main: join(dirname(main()), 'keys.mjs'),
      folder: temporaryFolder(),
      env,
      words: ['rotate', '--now'],
    });
    expect(await command.exit).toMatchObject({ code: 0 });
    await Promise.all(fleet.ports.map((port) => untilSignsWithout(fleet.at(port).base, before)));
    end.abort();
    expect(await Promise.all(visits)).toEqual(visits.map(() => ['succeeded']));
    const after = new Set(await expectSharedTokens(fleet));
    expect(after.size).toBe(1);
    expect(after).not.toContain(before);
  },
);

async function untilSignsWithout(base: string, kid: string | undefined): Promise<void> {
  const client = createWebClient(base);
  await client.register(newEmail());
  await expect
    .poll(async () => {
      await attemptRefresh(client);
      return decodeProtectedHeader(client.bearer ?? '').kid;
    }, SOON)
    .not.toBe(kid);
}

const MAILS = 200;

test('of two hundred mails and three processes each is sent once', LONG, async () => {
  const gate = createHold();
  const smtp = await listenSmtp({ hold: async () => void (await gate.wait()) });
  const url = await takeDatabase();
  const env = { ...CHILD_ENV, SMTP_URL: smtp.url, MAIL_FROM: 'login@example.com' };
  const fleet = await startFleet({ main: main(), env, databaseUrl: url });
  const clients = clientsOf(fleet);
  const addresses = Array.from({ length: MAILS }, newEmail);
  for (let start = 0; start < MAILS; start += 20)
    await Promise.all(
      addresses.slice(start, start + 20).map(async (email, index) => {
        const answer = await clients[index % clients.length]?.mutate('auth.register', {
          email,
          password: GOOD_PASSWORD,
        });
        expect(answer?.status).toBe(200);
      }),
    );
  // Each has one in hand; all others lie there for any of them.
  await gate.untilWaiting(fleet.ports.length);
  gate.open();
  const waiting = async () => (await askPostgres(url, 'select 1 from outbox')).length;
  await expect.poll(waiting, SOON).toBe(0);
  expect(smtp.received.map(({ to }) => to.join()).toSorted()).toEqual(addresses.toSorted());
});

test('a mail that somebody else is about to claim holds nobody up', async () => {
  const url = await takeDatabase();
  const smtp = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'login@example.com' };
  const { app, clock, visitor } = await createWorld({ env: { ...smtp, DATABASE_URL: url } });
  for (const email of ['a@example.com', 'b@example.com'])
    await visitor().api.auth.register({ email, password: GOOD_PASSWORD });
  const rival = new pg.Client({ connectionString: url });
  await rival.connect();
  onTestFinished(() => rival.end());
  await rival.query('begin');
  const first = 'select recipient from outbox order by due_at, id limit 1 for update';
  const { rows } = await rival.query<{ recipient: string }>(first);
  const now = clock.now();
  const sealing = createSealing([SECRET], 'outbox-sealing');
  const claim = await claimMail(app.deps.db, { now, until: now + 1, sealing });
  expect(new Set([claim?.to, rows[0]?.recipient])).toEqual(new Set(['a@example.com', 'b@example.com']));
});

test('one of three keeps house', async () => {
  const queries = vi.spyOn(pg.Client.prototype, 'query');
  const count = (pattern: RegExp) =>
    queries.mock.calls.filter(([query]) => pattern.test(String(Object(query).text))).length;
  const env = { DATABASE_URL: await takeDatabase() };
  const clock = createTestClock();
  for (let started = 0; started < 3; started += 1) await createWorld({ env, clock, background: true });
  await expect.poll(() => count(/insert into "turns"/), SOON).toBe(3);
  // The last step of a round.
  await expect.poll(() => count(/delete from "throttles"/), SOON).toBe(1);
  expect(count(/^select "id", "created_at", "rotated_at", "revoked_at", "ends_at" from "sessions"/)).toBe(1);
});

/** Everything that the stream of a signed-in page has said, as it comes. */
async function listenLive(client: WebClient): Promise<{ said: () => string }> {
  const response = await client.query('sessions.live');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('no body');
  onTestFinished(() => reader.cancel());
  let text = '';
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  };
  // Its end is part of what is tested, and a cut one lacks what is waited for.
  read().catch(() => {});
  return { said: () => text };
}

test('an open page hears of a sign-in, and of its own end, at other processes', LONG, async () => {
  const fleet = await startFleet({ main: main(), env: CHILD_ENV });
  const [here, there, elsewhere] = clientsOf(fleet);
  if (!here || !there || !elsewhere) throw new Error('three were started');
  const email = newEmail();
  await here.register(email);
  const page = await listenLive(here);
  await expect.poll(page.said, SOON).toContain('"notices":[]');
  await there.signIn(email);
  await expect.poll(page.said, SOON).toContain('"kind":"new_device"');
  elsewhere.bearer = here.bearer;
  expect(await outcomeOfCall(await elsewhere.mutate('auth.logout'))).toBe('succeeded');
  await expect.poll(page.said, SOON).toContain('{"kind":"ended","reason":"signed_out"}');
});
