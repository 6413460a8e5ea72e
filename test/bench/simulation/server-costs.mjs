// @ts-check
// What a call costs the server on PostgreSQL: its CPU, over a number of calls rather than a time.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { Connection, get, post } from '../load.mjs';
import { makeFolder, startServer } from '../servers.mjs';
import { startPostgres } from '../../support/postgres-server.mjs';
import { dropDatabases, makeDatabase } from './connection.mjs';

const SERVER = join(import.meta.dirname, '../../../dist/server/main.mjs');
const PASSWORD = 'a lantern for the long night';
const SESSIONS = 8;
const CALLS = 4000;

/** As the configuration's default, and as few as show it. */
const COST = 12;
const HASHES = 3;

/** @returns {Promise<{ me: number, refresh: number, hash: number }>} microseconds of CPU each */
export async function measureServer() {
  const postgres = await startPostgres();
  const folder = makeFolder();
  const variables = {
    DATABASE_URL: await makeDatabase(postgres.url, 'simulated_server'),
    AUTH_SECRET: 'c2ltdWxhdGlvbnMgbmVlZCBhIHNlY3JldCB0b28sIG9uZSBvZiB0aGVpciBvd24',
    NODE_ENV: 'test',
    BCRYPT_COST: '4',
  };
  try {
    const server = await startServer(SERVER, { oneCore: true, folder, variables });
    try {
      return { ...(await measureCalls(server)), hash: measureHash() };
    } finally {
      await server.stop();
    }
  } finally {
    await dropDatabases(postgres.url);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import('../servers.mjs').Server} server */
async function measureCalls(server) {
  const people = await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) => openSession(server, `person-${index}@example.com`)),
  );
  const me = () =>
    each(people, async (person) => {
      await answered(person, get('/trpc/auth.me', { Authorization: `Bearer ${person.token}` }));
    });
  const refresh = () =>
    each(people, async (person) => {
      const request = post('/trpc/auth.refresh', undefined, { Cookie: person.cookie });
      person.cookie = cookieOf(await answered(person, request));
    });
  const costs = { me: 0, refresh: 0 };
  for (const [name, run] of /** @type {const} */ ([
    ['me', me],
    ['refresh', refresh],
  ])) {
    await run(); // warm-up
    const before = await server.usage();
    await run();
    costs[name] = ((await server.usage()).cpu - before.cpu) / CALLS;
  }
  for (const { connection } of people) connection.close();
  return costs;
}

/** @typedef {{ connection: Connection, token: string, cookie: string }} Person */

/** @param {Person[]} people  @param {(person: Person) => Promise<void>} call */
async function each(people, call) {
  await Promise.all(
    people.map(async (person) => {
      for (let time = 0; time < CALLS / SESSIONS; time += 1) await call(person);
    }),
  );
}

/** @param {import('../servers.mjs').Server} server  @param {string} email */
async function openSession({ port }, email) {
  const connection = new Connection(port);
  const person = { connection, token: '', cookie: '' };
  const answer = await answered(person, post('/trpc/auth.register', { email, password: PASSWORD }));
  return {
    ...person,
    token: String(JSON.parse(answer.body).result.data.accessToken),
    cookie: cookieOf(answer),
  };
}

/** @param {Person} person  @param {string} request */
async function answered({ connection }, request) {
  const answer = await connection.send(request);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
  return answer;
}

/** @param {import('../load.mjs').Answer} answer */
function cookieOf({ headers }) {
  const [, cookie] = /set-cookie: (sallyport_refresh=[^;]+)/i.exec(headers) ?? [];
  if (cookie === undefined) throw new Error('the answer brought no refresh token');
  return cookie;
}

function measureHash() {
  const before = process.cpuUsage();
  for (let time = 0; time < HASHES; time += 1) hashSync(PASSWORD, COST);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / HASHES;
}
