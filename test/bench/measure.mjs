// @ts-check
import { Connection, load, percentile, post } from './load.mjs';

/** @typedef {import('./servers.mjs').Server} Server */

export const PASSWORD = 'a lantern for the long night';

/** @param {string} line */
export const say = (line) => process.stdout.write(`${line}\n`);

/**
 * @param {Server} server  @param {string} email
 * @returns {Promise<{ token: string, cookie: string }>}
 */
export async function register(server, email) {
  const connection = new Connection(server.port);
  const answer = await connection.send(post('/trpc/auth.register', { email, password: PASSWORD }));
  connection.close();
  if (answer.status !== 200) throw new Error(answer.body);
  return { token: JSON.parse(answer.body).result.data.accessToken, cookie: cookieOf(answer) };
}

/** @param {import('./load.mjs').Answer} answer */
export function cookieOf({ headers }) {
  return /set-cookie: (sallyport_refresh=[^;]+)/i.exec(headers)?.[1] ?? '';
}

/**
 * One load, and what it cost the server.
 *
 * @param {Server} server  @param {Omit<Parameters<typeof load>[0], 'port'>} options
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

/** @param {string} name  @param {Awaited<ReturnType<typeof measure>>} row */
export function report(name, { perSecond, cpu, p50, p99 }) {
  const figures = [
    `${perSecond.toFixed(0).padStart(7)} req/s`,
    `${cpu.toFixed(0).padStart(6)} CPU µs/req`,
    `p50 ${p50.toFixed(2).padStart(7)} ms`,
    `p99 ${p99.toFixed(2).padStart(7)} ms`,
  ];
  say(`${name.padEnd(44)} ${figures.join('   ')}`);
}
