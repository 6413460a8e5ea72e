// @ts-check
// What a million sessions change, and what it costs the living to clear away a million dead ones.
import { rmSync } from 'node:fs';
import { countSessions, fill } from './filled-database.mjs';
import { get, median, post } from './load.mjs';
import { cookieOf, measure, register, report, say } from './measure.mjs';
import { makeFolder, startServer } from './servers.mjs';

const MILLION = 1_000_000;
const SMALL = 1_000;
const CONNECTIONS = 8;
const ROUNDS = 5;
const DAY = 86_400_000;
const secret = 'YmVuY2htYXJrcyBuZWVkIGEgc2VjcmV0IHRvbywgb25lIG9mIHRoZWlyIG93bg';
const variables = { AUTH_SECRET: secret };

/** @typedef {{ server: string, seconds: number }} Options */

/** @param {string} server  @param {{ sessions: number, age?: number }} options */
async function startFilled(server, options) {
  const folder = makeFolder();
  await (await startServer(server, { folder, variables })).stop();
  const tokens = await fill(folder, { ...options, secret, tokens: Math.min(options.sessions, 40_000) });
  const running = await startServer(server, { oneCore: true, folder, variables });
  return {
    running,
    folder,
    tokens,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Refreshes sessions all over the table, in no order: each connection has its own share of them.
 *
 * @param {Awaited<ReturnType<typeof startFilled>>} filled  @param {number} seconds
 */
async function refreshAllOver({ running, tokens }, seconds) {
  const share = Math.floor(tokens.length / CONNECTIONS);
  /** @type {number[]} */
  const asked = [];
  return measure(running, {
    connections: CONNECTIONS,
    seconds,
    next(index, last) {
      const previous = asked[index];
      if (previous !== undefined && last)
        tokens[previous] = cookieOf(last).slice('sallyport_refresh='.length);
      const place = index * share + Math.floor(Math.random() * share);
      asked[index] = place;
      return post('/trpc/auth.refresh', undefined, { Cookie: `sallyport_refresh=${tokens[place]}` });
    },
  });
}

/** @param {Options} options */
export async function compareScales({ server, seconds }) {
  const small = await startFilled(server, { sessions: SMALL });
  const large = await startFilled(server, { sessions: MILLION });
  const ratios = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const few = await refreshAllOver(small, seconds);
    const many = await refreshAllOver(large, seconds);
    if (round === 0) continue; // warm-up
    ratios.push(many.cpu / few.cpu);
    report('auth.refresh, among 1,000 sessions', few);
    report('auth.refresh, among 1,000,000 sessions', many);
  }
  say(
    `auth.refresh costs ${median(ratios).toFixed(2)} × as much among a million (CPU, median of ${ROUNDS} pairs)\n`,
  );
  await Promise.all([small.stop(), large.stop()]);
}

/** @param {Options} options */
export async function clearMillion({ server, seconds }) {
  const filled = await startFilled(server, { sessions: MILLION, age: 100 * DAY });
  const start = performance.now();
  const { token } = await register(filled.running, 'living@example.com');
  const me = get('/trpc/auth.me', { Authorization: `Bearer ${token}` });
  const options = { connections: 2, seconds, next: () => me };
  await measure(filled.running, { ...options, seconds: 1 }); // warm-up
  /** @type {Awaited<ReturnType<typeof measure>>[]} */
  const during = [];
  while (countSessions(filled.folder) > 1) during.push(await measure(filled.running, options));
  const took = (performance.now() - start) / 1000;
  /** @type {Awaited<ReturnType<typeof measure>>[]} */
  const after = [];
  for (let round = 0; round < ROUNDS; round += 1) after.push(await measure(filled.running, options));
  const p99 = (/** @type {typeof after} */ loads) => median(loads.map((load) => load.p99));
  say(`a million expired sessions were gone after ${took.toFixed(0)} s`);
  say(`auth.me meanwhile: p99 ${p99(during).toFixed(2)} ms, afterwards ${p99(after).toFixed(2)} ms`);
  say(`p99 while they were cleared is ${(p99(during) / p99(after)).toFixed(2)} × afterwards\n`);
  await filled.stop();
}
