import { mkdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { keepSecret } from '../../server/keys/secret.ts';
import { signedInSchema } from '../../shared/account.ts';
import { dataOf, outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { engine } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { findFreePort } from '../support/free-port.mjs';
import { launch, startProcess, type ServerProcess } from '../support/server-process.ts';
import { createWebClient, type WebClient } from '../support/web-client.ts';

const main = builtServer();
const ROUNDS = 5;
const VISITORS = 4;

/** What the server has acknowledged to one person; a call whose answer never came leaves `session` unsure. */
interface Acknowledged {
  email: string;
  session: 'live' | 'ended' | 'unsure';
  bearer: string | undefined;
  cookie: string | undefined;
}

/** A fixed issuer, which would otherwise change with the port; and a grace that no slow machine outlasts. */
const env = { RATE_LIMIT: 'off', PUBLIC_URL: 'http://localhost:3000', REFRESH_GRACE: '5m' };

test(
  'whatever was acknowledged before a SIGKILL holds after the next start',
  { timeout: 120_000 },
  async () => {
    const folder = temporaryFolder();
    const everybody: Acknowledged[] = [];
    let latest: Acknowledged[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await startProcess({ main: main(), folder, env });
      await expectAllKept(server, latest);
      latest = await liveUntilKilled(server, 10 + Math.floor(Math.random() * 70));
      everybody.push(...latest);
      expect(await server.exit).toMatchObject({
        signal: 'SIGKILL',
        stderr: expect.stringMatching(/^(RATE_LIMIT=off: [^\n]+\n)?$/),
      });
    }
    const server = await startProcess({ main: main(), folder, env });
    await expectAllKept(server, everybody);
    for (const session of ['live', 'ended'])
      expect(everybody.filter((person) => person.session === session)).not.toEqual([]);
    server.child.kill('SIGTERM');
    expect(await server.exit).toMatchObject({ code: 0 });
    if (engine === 'postgres') return;
    const database = new Database(join(folder, 'data/sallyport.db'), { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  },
);

/** Visitors come and go; after so many acknowledged calls the process is killed in the middle of the others. */
async function liveUntilKilled(server: ServerProcess, calls: number): Promise<Acknowledged[]> {
  const people: Acknowledged[] = [];
  let left = calls;
  let killed = false;
  const acknowledge = () => {
    left -= 1;
    if (left > 0 || killed) return;
    killed = true;
    server.child.kill('SIGKILL');
  };
  const visits = Array.from({ length: VISITORS }, async (_, index) => {
    try {
      for (let visit = index; ; visit += 1) await visitOnce(server, visit, { people, acknowledge });
    } catch (error) {
      if (!killed) throw error;
    }
  });
  await Promise.all(visits);
  return people;
}

/** Registers, refreshes a few times, and every second time signs out. */
async function visitOnce(
  { base }: ServerProcess,
  visit: number,
  { people, acknowledge }: { people: Acknowledged[]; acknowledge: () => void },
): Promise<void> {
  const client = createWebClient(base);
  const email = `${crypto.randomUUID()}@example.com`;
  await client.register(email);
  const person: Acknowledged = { email, session: 'live', bearer: client.bearer, cookie: client.cookie };
  people.push(person);
  acknowledge();
  for (let refreshes = visit % 4; refreshes > 0; refreshes -= 1) {
    await refresh(client, person);
    acknowledge();
  }
  if (visit % 2 === 0) return;
  person.session = 'unsure';
  expect(await outcomeOfCall(await client.mutate('auth.logout'))).toBe('succeeded');
  person.session = 'ended';
  acknowledge();
}

async function refresh(client: WebClient, person: Acknowledged): Promise<void> {
  const { accessToken } = await dataOf(await client.mutate('auth.refresh'), signedInSchema);
  client.bearer = accessToken;
  Object.assign(person, { bearer: accessToken, cookie: client.cookie });
}

/** A few at a time: more would fill the queue for passwords, and be told to come back. */
async function expectAllKept(server: ServerProcess, people: Acknowledged[]): Promise<void> {
  for (let start = 0; start < people.length; start += 10)
    await Promise.all(people.slice(start, start + 10).map((person) => expectKept(server, person)));
}

async function expectKept({ base }: ServerProcess, person: Acknowledged): Promise<void> {
  await createWebClient(base).signIn(person.email);
  if (person.session === 'unsure') return;
  const client = createWebClient(base);
  Object.assign(client, { bearer: person.bearer, cookie: person.cookie });
  const expected = person.session === 'live' ? 'succeeded' : 'session_revoked';
  expect(await outcomeOfCall(await client.query('auth.me'))).toBe(expected);
  if (person.session === 'live') await refresh(client, person);
  else expect(await outcomeOfCall(await client.mutate('auth.refresh'))).toBe('session_revoked');
}

test.each(engine === 'sqlite' ? ['auth-secret', 'sallyport.db', 'sallyport.db-wal'] : ['auth-secret'])(
  'a first start that is killed when %s appears is no obstacle to the second',
  { timeout: 30_000 },
  async (name) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const seen = new Promise<void>((resolve) => {
      const watcher = watch(join(folder, 'data'), (_event, file) => {
        if (file !== name) return;
        watcher.close();
        resolve();
      });
    });
    const PORT = String(await findFreePort());
    const { child, exit } = await launch({ main: main(), folder, env: { ...env, PORT } });
    await seen;
    child.kill('SIGKILL');
    await exit;
    const { base } = await startProcess({ main: main(), folder, env });
    await createWebClient(base).register();
  },
);

test('a draft of the secret that a crash left is not in the way of a process with the same id', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, `auth-secret.${process.pid}`), 'half a sec');
  expect(keepSecret(folder)).toMatch(/^[\w-]{64}$/);
});
