// @ts-check
// How long an ended session is still accepted by other processes: three of them on one PostgreSQL, from the answer to a
// sign-out at one until each of the others has refused the access token. Numbers are for reading; no test asserts them.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { findFreePort } from '../support/free-port.mjs';
import { startListenerCutter } from '../support/listener-cutter.mjs';
import { startPostgres } from '../support/postgres-server.mjs';

const SERVER = join(import.meta.dirname, '../../dist/server/main.mjs');
const PROCESSES = 3;
const AT_ONCE = 4;
const PASSWORD = 'a lantern for the long night';

/** Milliseconds between two questions to one process: what a figure may be too high by, with the answer's own time. */
const BETWEEN_QUESTIONS = 2;

/** Milliseconds between two cuts of every connection that listens. */
const BETWEEN_CUTS = 500;

/** Milliseconds. What is not refused by then never is. */
const PATIENCE = 20_000;

/**
 * @typedef {{ median: number, p99: number, longest: number, samples: number }} Latency  milliseconds
 * @typedef {{ listening: Latency, cut: Latency, deaf: Latency }} Revocations
 *   `cut`: every connection that listens is ended twice a second; `deaf`: none can be had
 */

/**
 * Needs the built server.
 *
 * @param {{ revocations?: number, say?: (line: string) => void }} [options]
 * @returns {Promise<Revocations>}
 */
export async function measureRevocations({ revocations = 1000, say = () => {} } = {}) {
  const postgres = await startPostgres({ synchronous_commit: 'on' });
  const cutter = await startListenerCutter(postgres.url);
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  const secret = randomBytes(48).toString('base64');
  const servers = await Promise.all(
    Array.from({ length: PROCESSES }, () => start({ folder, url: cutter.url, secret })),
  );
  try {
    const bases = servers.map(({ base }) => base);
    await call(bases[0], 'auth.register', { email: 'ada@example.com', password: PASSWORD });
    await untilTrue(() => cutter.listeners() === PROCESSES);
    /** @param {keyof Revocations} name @param {number} count */
    const round = async (name, count = revocations) => {
      const latency = summarize(await endSessions(bases, count));
      if (count === revocations) say(describe(name, latency));
      return latency;
    };
    await round('listening', AT_ONCE * 10); // warm-up
    const listening = await round('listening');
    const cutting = setInterval(() => void cutListeners(admin), BETWEEN_CUTS);
    const cut = await round('cut');
    clearInterval(cutting);
    cutter.deafen(true);
    await untilTrue(() => cutter.listeners() === 0);
    const deaf = await round('deaf');
    return { listening, cut, deaf };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await admin.end();
    await cutter.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {keyof Revocations} name @param {Latency} latency */
function describe(name, { median, p99, longest, samples }) {
  const words = {
    listening: 'told by the database (LISTEN)',
    cut: 'every listening connection cut twice a second',
    deaf: 'no listening connection to be had',
  };
  const figures = [median, p99, longest].map((figure) => figure.toFixed(1));
  return `${words[name]}: median ${figures[0]} ms, p99 ${figures[1]} ms, longest ${figures[2]} ms (${samples} samples)`;
}

/** @param {pg.Client} admin */
async function cutListeners(admin) {
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sallyport listener'",
  );
}

/** @param {string[]} bases @param {number} count */
async function endSessions(bases, count) {
  /** @type {number[]} */
  const samples = [];
  let begun = 0;
  const workers = Array.from({ length: AT_ONCE }, async () => {
    while (begun < count) {
      const turn = (begun += 1);
      samples.push(...(await endOneSession(bases, turn)));
    }
  });
  await Promise.all(workers);
  return samples;
}

/** @param {string[]} bases @param {number} turn */
async function endOneSession(bases, turn) {
  const here = bases[turn % bases.length] ?? '';
  const signedIn = await call(here, 'auth.login', { email: 'ada@example.com', password: PASSWORD });
  const body = /** @type {{ result: { data: { accessToken: string } } }} */ (await signedIn.json());
  const headers = { Authorization: `Bearer ${body.result.data.accessToken}` };
  const others = bases.filter((base) => base !== here);
  for (const base of others)
    if (!(await isAccepted(base, headers))) throw new Error('a token that nobody has ended was refused');
  await call(here, 'auth.logout', undefined, headers);
  const answered = performance.now();
  return Promise.all(
    others.map(async (base) => {
      while (await isAccepted(base, headers)) {
        if (performance.now() - answered > PATIENCE) throw new Error('an ended session goes on');
        await sleep(BETWEEN_QUESTIONS);
      }
      return performance.now() - answered;
    }),
  );
}

/** @param {string} base @param {Record<string, string>} headers */
async function isAccepted(base, headers) {
  const answer = await fetch(`${base}/trpc/auth.me`, { headers });
  const text = await answer.text();
  if (answer.status === 401 && text.includes('"session_revoked"')) return false;
  if (answer.status === 200) return true;
  throw new Error(`auth.me: ${answer.status} ${text}`);
}

/** @param {string | undefined} base @param {string} path @param {unknown} [input] @param {Record<string, string>} [headers] */
async function call(base, path, input, headers) {
  const answer = await fetch(`${base}/trpc/${path}`, {
    method: 'POST',
    headers: { ...(input !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(input !== undefined && { body: JSON.stringify(input) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** @param {number[]} samples @returns {Latency} */
function summarize(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  /** @param {number} share */
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), longest: at(1), samples: sorted.length };
}

/** @param {{ folder: string, url: string, secret: string }} options */
async function start({ folder, url, secret }) {
  const port = await findFreePort();
  const child = spawn(process.execPath, [SERVER], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      BCRYPT_COST: '4',
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
      PUBLIC_URL: 'http://localhost:3000',
      AUTH_SECRET: secret,
      DATABASE_URL: url,
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const base = `http://127.0.0.1:${port}`;
  await untilTrue(async () => {
    if (child.exitCode !== null) throw new Error('the server did not start');
    return fetch(`${base}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    base,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** @param {() => boolean | Promise<boolean>} isTrue */
async function untilTrue(isTrue) {
  for (const deadline = performance.now() + PATIENCE; !(await isTrue()); await sleep(10))
    if (performance.now() > deadline) throw new Error('it takes too long');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await measureRevocations({ say: (line) => void process.stdout.write(`${line}\n`) });
