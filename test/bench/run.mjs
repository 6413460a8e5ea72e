// @ts-check
// `npm run bench`: what the server costs, on loopback, each figure beside what it is compared with in the same run.
// Numbers are for reading; no test asserts them.
import { join } from 'node:path';
import { Connection, get, load, median, percentile, post } from './load.mjs';
import { canPin, startServer } from './servers.mjs';

const SERVER = join(import.meta.dirname, '../../dist/server/main.mjs');
const CONSTANT = join(import.meta.dirname, 'constant-server.mjs');
const ROUNDS = 5;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const PASSWORD = 'a lantern for the long night';

/** @typedef {import('./servers.mjs').Server} Server */

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/**
 * @param {Server} server  @param {string} email
 * @returns {Promise<{ token: string, cookie: string }>}
 */
async function register(server, email) {
  const connection = new Connection(server.port);
  const answer = await connection.send(post('/trpc/auth.register', { email, password: PASSWORD }));
  connection.close();
  if (answer.status !== 200) throw new Error(answer.body);
  return { token: JSON.parse(answer.body).result.data.accessToken, cookie: cookieOf(answer) };
}

/** @param {import('./load.mjs').Answer} answer */
function cookieOf({ headers }) {
  return /set-cookie: (sallyport_refresh=[^;]+)/i.exec(headers)?.[1] ?? '';
}

/**
 * One load, and what it cost the server.
 *
 * @param {Server} server  @param {Omit<Parameters<typeof load>[0], 'port'>} options
 */
async function measure(server, options) {
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
function report(name, { perSecond, cpu, p50, p99 }) {
  const figures = [
    `${perSecond.toFixed(0).padStart(7)} req/s`,
    `${cpu.toFixed(0).padStart(6)} CPU µs/req`,
    `p50 ${p50.toFixed(2).padStart(7)} ms`,
    `p99 ${p99.toFixed(2).padStart(7)} ms`,
  ];
  say(`${name.padEnd(44)} ${figures.join('   ')}`);
}

async function compareMe() {
  const [server, constant] = [
    await startServer(SERVER, { oneCore: true }),
    await startServer(CONSTANT, { oneCore: true, probe: '/trpc/auth.me' }),
  ];
  const { token } = await register(server, 'me@example.com');
  const me = get('/trpc/auth.me', { Authorization: `Bearer ${token}` });
  const plain = get('/trpc/auth.me');
  const ratios = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = await measure(server, { connections: 16, seconds: SECONDS / 2, next: () => me });
    const theirs = await measure(constant, { connections: 16, seconds: SECONDS / 2, next: () => plain });
    if (round === 0) continue; // warm-up
    ratios.push(ours.cpu / theirs.cpu);
    report('auth.me', ours);
    report('constant answer, Fastify and tRPC’s adapter', theirs);
  }
  say(`auth.me costs ${median(ratios).toFixed(2)} × the constant answer (CPU, median of ${ROUNDS} pairs)\n`);
  await Promise.all([server.stop(), constant.stop()]);
}

/** @param {boolean} oneCore */
async function meDuringSignIns(oneCore) {
  const server = await startServer(SERVER, { oneCore });
  const { token } = await register(server, 'busy@example.com');
  const me = get('/trpc/auth.me', { Authorization: `Bearer ${token}` });
  const options = { connections: 2, seconds: SECONDS, next: () => me };
  await measure(server, options); // warm-up
  const idle = await measure(server, options);
  const signingIn = { on: true };
  const signIn = post('/trpc/auth.login', { email: 'busy@example.com', password: PASSWORD });
  const signIns = Array.from({ length: 32 }, async () => {
    const connection = new Connection(server.port);
    while (signingIn.on) await connection.send(signIn);
    connection.close();
  });
  const busy = await measure(server, options);
  signingIn.on = false;
  const where = oneCore ? 'one core' : 'all cores';
  report(`auth.me, idle (${where})`, idle);
  report(`auth.me, 32 sign-ins in flight (${where})`, busy);
  say(`p99 during sign-ins is ${(busy.p99 / idle.p99).toFixed(1)} × idle (${where})\n`);
  await Promise.all(signIns);
  await server.stop();
}

async function refreshes() {
  const server = await startServer(SERVER, { oneCore: true });
  /** @type {Awaited<ReturnType<typeof register>>[]} */
  const sessions = [];
  for (let index = 0; index < 8; index += 1)
    sessions.push(await register(server, `refresh-${index}@example.com`));
  /** @type {(index: number, last?: import('./load.mjs').Answer) => string} */
  const next = (index, last) => {
    const session = sessions[index];
    if (!session) throw new Error('no session');
    if (last) session.cookie = cookieOf(last);
    return post('/trpc/auth.refresh', undefined, { Cookie: session.cookie });
  };
  await measure(server, { connections: 8, seconds: SECONDS * 2, next }); // warm-up: the compiler takes its time
  for (let round = 0; round < 3; round += 1) {
    const refresh = await measure(server, { connections: 8, seconds: SECONDS, next });
    report('auth.refresh, every commit on disk', refresh);
  }
  await server.stop();
}

async function startUp() {
  const times = [];
  let rss = 0;
  for (let round = 0; round < 3; round += 1) {
    const server = await startServer(SERVER);
    times.push(server.readyAfter);
    rss = (await server.usage()).rss;
    await server.stop();
  }
  say(`first answer ${median(times).toFixed(0)} ms after the start on an empty folder`);
  say(`resident memory, idle: ${(rss / 1024 / 1024).toFixed(0)} MB\n`);
}

say(
  `Node ${process.version}; server ${canPin() ? 'pinned to one core' : 'not pinned'} unless said otherwise\n`,
);
await startUp();
await compareMe();
await meDuringSignIns(false);
await meDuringSignIns(true);
await refreshes();
