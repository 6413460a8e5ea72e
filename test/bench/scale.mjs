// @ts-check
// What a million accounts change, and what it costs the living to clear away a million dead sessions.
import { rmSync } from 'node:fs';
import { countSessions, fill, FILLED_COST } from './filled-database.mjs';
import { ask, get, post } from './load.mjs';
import { describeMachine } from './machine.mjs';
import { measure, register, report, say } from './measure.mjs';
import { AUTH_SECRET, makeFolder, startServer } from './servers.mjs';
import { cookiesOf, PERSON, SALLYPORT, SERVER } from './stacks.mjs';
import { median, medianRatio, medianRow } from './statistics.mjs';

/**
 * @typedef {import('./statistics.mjs').Row} Row
 * @typedef {{ me: Row[], refresh: Row[], signIn: Row[] }} Rounds
 * @typedef {Awaited<ReturnType<typeof startFilled>>} Filled
 */

const SIZES = [1000, 100_000, 1_000_000];
const MILLION = 1_000_000;
const CONNECTIONS = 8;
const DAY = 86_400_000;

/** How many of the sessions are asked for, at most; and how many call `me` or sign in, as many in each size, all over its table. */
const TOKENS = 40_000;
const SEEN = 1000;

/** How much a call may cost among a million, beside what it costs among a thousand. */
const FLAT = 1.5;

/** Cheap hashes are for tests only, and this is one: at the real cost, a table ten times slower would not show. */
const variables = { NODE_ENV: 'test', BCRYPT_COST: String(FILLED_COST) };

/** @param {{ sessions: number, age?: number }} options */
async function startFilled(options) {
  const folder = makeFolder();
  await (await startServer(SERVER, { folder, variables })).stop();
  const { refreshTokens, emails } = await fill(folder, {
    ...options,
    secret: AUTH_SECRET,
    tokens: Math.min(options.sessions, TOKENS),
  });
  const server = await startServer(SERVER, { oneCore: true, folder, variables });
  /** @type {{ accounts: number, server: typeof server, folder: string, cookies: string[], emails: string[] }} */
  const filled = {
    accounts: options.sessions,
    server,
    folder,
    cookies: refreshTokens.map((token) => `sallyport_refresh=${token}`),
    emails,
  };
  return {
    ...filled,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param {number} length */
const anyOf = (length) => Math.floor(Math.random() * length);

/**
 * Refreshes sessions all over the table, in no order: each connection has its own share of them.
 *
 * @param {Filled} filled  @param {number} seconds
 */
async function refreshAllOver({ server, cookies }, seconds) {
  const share = Math.floor(cookies.length / CONNECTIONS);
  /** @type {number[]} */
  const asked = [];
  /** @type {import('./load.mjs').Answer[]} */
  const answers = [];
  const keep = (/** @type {number} */ index) => {
    const [place, answer] = [asked[index], answers[index]];
    if (place !== undefined && answer) cookies[place] = cookiesOf(answer);
  };
  const row = await measure(server, {
    connections: CONNECTIONS,
    seconds,
    answers,
    next(index) {
      keep(index);
      const place = index * share + anyOf(share);
      asked[index] = place;
      return post('/trpc/auth.refresh', undefined, { Cookie: cookies[place] ?? '' });
    },
  });
  for (const index of asked.keys()) keep(index);
  return row;
}

/**
 * `SEEN` places, evenly spread.
 *
 * @param {number} length
 */
function placesAllOver(length) {
  const every = Math.max(1, Math.floor(length / SEEN));
  return Array.from({ length: Math.min(length, SEEN) }, (_, index) => index * every);
}

/**
 * `auth.me` of sessions all over the table.
 *
 * @param {Filled} filled
 * @returns {Promise<string[]>} requests
 */
async function openMe({ server, cookies }) {
  const requests = [];
  for (const place of placesAllOver(cookies.length)) {
    const request = post('/trpc/auth.refresh', undefined, { Cookie: cookies[place] ?? '' });
    const answer = await ask(server.port, request);
    cookies[place] = cookiesOf(answer);
    if (SALLYPORT.me) requests.push(SALLYPORT.me(answer));
  }
  return requests;
}

/** @param {Filled} filled  @param {{ requests: string[], seconds: number }} options */
async function measureSize(filled, { requests, seconds }) {
  const { server, emails } = filled;
  const load = { connections: CONNECTIONS, seconds };
  // The first sign-in of a person tells them of it, later ones from the same place do not: as many persons in each size.
  const places = placesAllOver(emails.length);
  const signIn = () => {
    const email = emails[places[anyOf(places.length)] ?? 0];
    return post('/trpc/auth.login', { email, password: PERSON.password });
  };
  return {
    me: await measure(server, { ...load, next: () => requests[anyOf(requests.length)] ?? '' }),
    refresh: await refreshAllOver(filled, seconds),
    signIn: await measure(server, { ...load, next: signIn }),
  };
}

/**
 * Each size in turn, in every round.
 *
 * @param {import('./compare.mjs').Lengths} lengths
 * @returns {Promise<import('./results.mjs').Scale>}
 */
export async function measureScale({ seconds, rounds }) {
  const [machine, date] = [describeMachine(), new Date().toISOString()];
  const all = [];
  for (const sessions of SIZES) {
    say(`filling ${sessions.toLocaleString('en')} accounts and sessions`);
    const filled = await startFilled({ sessions });
    /** @type {Rounds} */
    const results = { me: [], refresh: [], signIn: [] };
    all.push({ filled, requests: await openMe(filled), results });
  }
  for (let round = -1; round < rounds; round += 1)
    for (const { filled, requests, results } of all) {
      const measured = await measureSize(filled, { requests, seconds });
      if (round < 0) continue; // warm-up
      results.me.push(measured.me);
      results.refresh.push(measured.refresh);
      results.signIn.push(measured.signIn);
    }
  const sizes = all.map(({ filled, results }) => ({
    accounts: filled.accounts,
    me: medianRow(results.me),
    refresh: medianRow(results.refresh),
    signIn: medianRow(results.signIn),
  }));
  for (const { accounts, me, refresh, signIn } of sizes)
    for (const [name, row] of Object.entries({ me, refresh, 'sign-in': signIn }))
      report(`${name}, among ${accounts.toLocaleString('en')}`, row);
  await Promise.all(all.map(({ filled }) => filled.stop()));
  const verdicts = compareSizes(all.map(({ results }) => results));
  await clearMillion({ seconds, rounds });
  return { date, machine, sizes, verdicts };
}

/**
 * By CPU and by time: what is read from the disk shows in one of them only.
 *
 * @param {Rounds[]} sizes  the smallest first
 */
export function compareSizes([smallest, ...larger]) {
  if (!smallest) throw new Error('nothing was measured');
  return /** @type {const} */ (['me', 'refresh', 'signIn']).map((name) => {
    const ratios = larger.flatMap((rounds) => [
      medianRatio(rounds[name], smallest[name], 'cpu'),
      medianRatio(smallest[name], rounds[name], 'perSecond'),
    ]);
    const measured = Math.max(...ratios);
    return { name, measured, limit: FLAT, held: measured <= FLAT };
  });
}

/** @param {{ seconds: number, rounds: number }} lengths */
async function clearMillion({ seconds, rounds }) {
  const filled = await startFilled({ sessions: MILLION, age: 100 * DAY });
  const start = performance.now();
  const { token } = await register(filled.server, 'living@example.com');
  const me = get('/trpc/auth.me', { Authorization: `Bearer ${token}` });
  const options = { connections: 2, seconds, next: () => me };
  await measure(filled.server, { ...options, seconds: 1 }); // warm-up
  /** @type {Row[]} */
  const during = [];
  while (countSessions(filled.folder) > 1) during.push(await measure(filled.server, options));
  const took = (performance.now() - start) / 1000;
  /** @type {Row[]} */
  const after = [];
  for (let round = 0; round < rounds; round += 1) after.push(await measure(filled.server, options));
  const p99 = (/** @type {Row[]} */ loads) => median(loads.map((load) => load.p99));
  say(`a million expired sessions were gone after ${took.toFixed(0)} s`);
  say(`auth.me meanwhile: p99 ${p99(during).toFixed(2)} ms, afterwards ${p99(after).toFixed(2)} ms`);
  say(`p99 while they were cleared is ${(p99(during) / p99(after)).toFixed(2)} × afterwards\n`);
  await filled.stop();
}
