// @ts-check
import { ask, load, post } from './load.mjs';
import { cookiesOf, PERSON } from './stacks.mjs';
import { percentile } from './statistics.mjs';

/** @typedef {import('./servers.mjs').Server} Server */

export const PASSWORD = PERSON.password;

/** @param {string} line */
export const say = (line) => process.stdout.write(`${line}\n`);

/**
 * @param {Server} server  @param {string} email
 * @returns {Promise<{ token: string, cookie: string }>}
 */
export async function register(server, email) {
  const answer = await ask(server.port, post('/trpc/auth.register', { email, password: PASSWORD }));
  return { token: JSON.parse(answer.body).result.data.accessToken, cookie: cookiesOf(answer) };
}

/**
 * One load, and what it cost the server.
 *
 * @param {Server} server  @param {Omit<Parameters<typeof load>[0], 'port'>} options
 * @returns {Promise<import('./statistics.mjs').Row>}
 */
export async function measure(server, options) {
  const before = await server.usage();
  const result = await load({ port: server.port, ...options });
  const after = await server.usage();
  return {
    perSecond: result.count / result.seconds,
    cpu: (after.cpu - before.cpu) / result.count,
    p50: percentile(result.latencies, 0.5),
    p99: percentile(result.latencies, 0.99),
  };
}

/** @param {string} name  @param {import('./statistics.mjs').Row} row */
export function report(name, { perSecond, cpu, p50, p99 }) {
  const figures = [
    `${perSecond.toFixed(0).padStart(7)} req/s`,
    `${cpu.toFixed(0).padStart(6)} CPU µs/req`,
    `p50 ${p50.toFixed(2).padStart(7)} ms`,
    `p99 ${p99.toFixed(2).padStart(7)} ms`,
  ];
  say(`${name.padEnd(44)} ${figures.join('   ')}`);
}
