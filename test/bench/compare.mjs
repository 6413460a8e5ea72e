// @ts-check
// The server beside its peers: every round asks each of them in turn, so that what else the machine does hits all alike.
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './load.mjs';
import { measure, report, say } from './measure.mjs';
import { makeFolder, startServer } from './servers.mjs';
import { median, medianRow, percentile } from './statistics.mjs';
import { startArrivals, startStorm } from './storm.mjs';

/**
 * @typedef {import('./stacks.mjs').Stack} Stack
 * @typedef {import('./statistics.mjs').Row} Row
 * @typedef {import('./servers.mjs').Server} Server
 * @typedef {{ seconds: number, rounds: number, cost: number, storms: number, startUps: number, sessions: number }} Lengths
 *
 * @typedef {{ calm: number, busy: number, kept: number, sent: number, lost: number, p50: number, p99: number }} Storm
 *   sign-ins a second without and with calls of `me` beside them, and what became of those calls
 *
 * @typedef {object} Member
 * @property {Stack} stack
 * @property {Server} server
 * @property {number} idleMemory  bytes
 * @property {import('./load.mjs').Answer[]} answers  what each connection refreshes with
 */

const ME_CONNECTIONS = 16;
const REFRESH_CONNECTIONS = 8;
const IN_FLIGHT = 32;
const ME_PER_SECOND = 50;

/** The compiler takes its time with whatever is called thousands of times a second. */
const WARM_UPS = 2;

/** Milliseconds until what a start leaves behind has settled. */
const SETTLING = 1000;

/**
 * Each with the person of stacks.mjs in its database.
 *
 * @param {Stack[]} stacks  @param {Lengths} lengths
 */
export async function startFleet(stacks, { cost }) {
  const folder = makeFolder();
  /** @type {Member[]} */
  const members = [];
  for (const stack of stacks) {
    const server = await startServer(stack.module, settingsOf(stack, { cost, folder: makeFolder(folder) }));
    await pause(SETTLING);
    const { rss } = await server.usage();
    if (stack.register !== undefined) await ask(server.port, stack.register);
    members.push({ stack, server, idleMemory: rss, answers: [] });
  }
  return {
    members,
    async stop() {
      await Promise.all(members.map(({ server }) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param {Stack} stack  @param {{ cost: number, folder: string }} options */
function settingsOf({ probe, variables }, { cost, folder }) {
  return { oneCore: true, probe, folder, variables: { BCRYPT_COST: String(cost), ...variables } };
}

/**
 * Milliseconds from spawn to the first answer: on an empty folder, and on the one that the start before has filled.
 *
 * @param {Stack[]} stacks  @param {Lengths} lengths
 * @returns {Promise<Map<string, { empty: number, again: number }>>}
 */
export async function measureStarts(stacks, { cost, startUps }) {
  const times = new Map(stacks.map(({ id }) => [id, { empty: [0].slice(1), again: [0].slice(1) }]));
  for (let round = 0; round < startUps; round += 1)
    for (const stack of stacks) {
      const settings = settingsOf(stack, { cost, folder: makeFolder() });
      for (const kind of /** @type {const} */ (['empty', 'again'])) {
        const server = await startServer(stack.module, settings);
        times.get(stack.id)?.[kind].push(server.readyAfter);
        await server.stop();
      }
      rmSync(settings.folder, { recursive: true, force: true });
    }
  return new Map(
    [...times].map(([id, { empty, again }]) => [id, { empty: median(empty), again: median(again) }]),
  );
}

/**
 * @template T
 * @param {Member[]} members  @param {{ rounds: number, warmUps: number }} options
 * @param {(member: Member) => Promise<T>} measureOne
 * @returns {Promise<Map<string, T[]>>} by the stack's id, without the warm-ups
 */
async function inTurn(members, { rounds, warmUps }, measureOne) {
  /** @type {Map<string, T[]>} */
  const results = new Map(members.map(({ stack }) => [stack.id, []]));
  for (let round = -warmUps; round < rounds; round += 1)
    for (const member of members) {
      const result = await measureOne(member);
      if (round >= 0) results.get(member.stack.id)?.push(result);
    }
  return results;
}

/** @param {string} what  @param {Member[]} members  @param {Map<string, Row[]>} results */
function tell(what, members, results) {
  for (const { stack } of members) report(`${what}, ${stack.name}`, medianRow(results.get(stack.id) ?? []));
  say('');
}

/** @param {Member[]} members  @param {Lengths} lengths */
export async function measureMe(members, { seconds, rounds }) {
  const asked = members.filter(({ stack }) => stack.me);
  const results = await inTurn(asked, { rounds, warmUps: WARM_UPS }, async (member) => {
    const request = await meRequest(member);
    return measure(member.server, { connections: ME_CONNECTIONS, seconds, next: () => request });
  });
  tell('me', asked, results);
  return results;
}

/**
 * Signed in anew each time: no token and no cached session ends during a round.
 *
 * @param {Member} member
 */
async function meRequest({ stack, server }) {
  if (!stack.me) throw new Error(`${stack.name} has no me`);
  return stack.me(stack.signIn === undefined ? undefined : await ask(server.port, stack.signIn));
}

/** @param {Member[]} members  @param {Lengths} lengths */
export async function measureRefresh(members, { seconds, rounds }) {
  const asked = members.filter(({ stack }) => stack.refresh);
  for (const { stack, server, answers } of asked)
    while (stack.signIn !== undefined && answers.length < REFRESH_CONNECTIONS)
      answers.push(await ask(server.port, stack.signIn));
  const results = await inTurn(asked, { rounds, warmUps: WARM_UPS }, ({ stack, server, answers }) =>
    measure(server, {
      connections: REFRESH_CONNECTIONS,
      seconds,
      answers,
      next(_index, last) {
        if (!last || !stack.refresh) throw new Error('nothing to refresh with');
        return stack.refresh(last);
      },
    }),
  );
  tell('refresh', asked, results);
  return results;
}

/**
 * One after the other: what a single person waits for.
 *
 * @param {Member[]} members  @param {Lengths} lengths
 */
export async function measureSignIn(members, { seconds, rounds }) {
  const asked = members.filter(({ stack }) => stack.signIn);
  const results = await inTurn(asked, { rounds, warmUps: 1 }, ({ stack, server }) =>
    measure(server, { connections: 1, seconds, next: () => stack.signIn ?? '' }),
  );
  tell('sign-in', asked, results);
  return results;
}

/**
 * What becomes of `me` while `IN_FLIGHT` sign-ins are always under way, and of those while `me` is called.
 *
 * @param {Member[]} members  @param {Lengths} lengths
 * @returns {Promise<Map<string, Storm>>}
 */
export async function measureStorm(members, { storms }) {
  const asked = members.filter(({ stack }) => stack.signIn && stack.me);
  const rounds = await inTurn(asked, { rounds: storms, warmUps: 0 }, oneStorm);
  return new Map([...rounds].map(([id, results]) => [id, summarize(results)]));
}

/** @param {Member} member */
async function oneStorm(member) {
  const { stack, server } = member;
  const { port } = server;
  const request = await meRequest(member);
  const storm = startStorm({ port, inFlight: IN_FLIGHT, request: stack.signIn ?? '' });
  await storm.rate(IN_FLIGHT); // until all of them are under way
  const calm = await storm.rate(IN_FLIGHT);
  const arrivals = startArrivals({ port, perSecond: ME_PER_SECOND, request });
  const busy = await storm.rate(IN_FLIGHT * 2);
  const answered = await arrivals.stop();
  await storm.stop();
  return { calm, busy, ...answered };
}

/**
 * @param {Awaited<ReturnType<typeof oneStorm>>[]} rounds
 * @returns {Storm}
 */
function summarize(rounds) {
  const latencies = rounds.flatMap((round) => round.latencies).toSorted((a, b) => a - b);
  const sum = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0);
  return {
    calm: median(rounds.map(({ calm }) => calm)),
    busy: median(rounds.map(({ busy }) => busy)),
    kept: median(rounds.map(({ calm, busy }) => busy / calm)),
    sent: sum(rounds.map(({ sent }) => sent)),
    lost: sum(rounds.map(({ lost }) => lost)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}
