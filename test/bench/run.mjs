// @ts-check
// `npm run bench`: what the server costs, on loopback, each figure beside what it is compared with in the same run.
// Numbers are for reading; no test asserts them.
import { join } from 'node:path';
import { Connection, get, median, post } from './load.mjs';
import { cookieOf, measure, PASSWORD, register, report, say } from './measure.mjs';
import { measureOAuth } from './oauth.mjs';
import { clearMillion, compareScales } from './scale.mjs';
import { canPin, startServer } from './servers.mjs';

const SERVER = join(import.meta.dirname, '../../dist/server/main.mjs');
const CONSTANT = join(import.meta.dirname, 'constant-server.mjs');
const ROUNDS = 5;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);

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
await measureOAuth({ server: SERVER, seconds: SECONDS });
await compareScales({ server: SERVER, seconds: SECONDS });
await clearMillion({ server: SERVER, seconds: SECONDS });
