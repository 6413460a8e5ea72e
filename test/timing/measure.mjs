// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, post } from '../bench/load.mjs';
import { startServer } from '../bench/servers.mjs';
import { makeAddress, makePeople, PASSWORD } from './people.mjs';
import { shuffled } from './statistics.mjs';

/**
 * @typedef {import('./people.mjs').Kind} Kind
 * @typedef {import('./people.mjs').People} People
 * @typedef {import('./experiments.mjs').Experiment} Experiment
 * @typedef {Map<Kind, number[]>} Samples  microseconds from the request's first byte to the answer's last
 */

/** Requests a class before anything counts: until then the compiler is at work. */
const WARM_UP = 500;

const CONNECTIONS = 4;

/** Memory, where the system has such a place: the pauses of a disk would hide everything else. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * Runs one experiment on a server and data of its own. Fails when an answer differs from the others in anything that can be
 * seen without a clock.
 *
 * @param {{ server: string, experiment: Experiment, samples: number, random: () => number }} options  `server`: its main.mjs
 * @returns {Promise<Samples>}
 */
export async function measure({ server, experiment, samples, random }) {
  const { cost } = experiment;
  const folder = mkdtempSync(join(PLACE, 'sallyport-timing-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const mail = fork(join(import.meta.dirname, 'mail-sink.mjs'));
  try {
    const people = await makePeople({ ...experiment, server, folder, random });
    const [{ port }] = await once(mail, 'message');
    const running = await startServer(server, {
      folder,
      variables: {
        NODE_ENV: 'test',
        BCRYPT_COST: String(cost),
        LOG_LEVEL: 'silent',
        SMTP_URL: `smtp://127.0.0.1:${port}`,
        MAIL_FROM: 'login@example.com',
      },
    });
    try {
      await registerPending(running.port, people.get('pending') ?? []);
      return await ask({ port: running.port, experiment, people, samples, random });
    } finally {
      await running.stop();
    }
  } finally {
    mail.disconnect();
    removeFolder();
    process.off('exit', removeFolder);
  }
}

/**
 * Asks one after the other: what waits in a queue behind somebody else's hash is measured as that hash.
 *
 * @param {{ port: number, experiment: Experiment, people: People, samples: number, random: () => number }} options
 * @returns {Promise<Samples>}
 */
async function ask({ port, experiment, people, samples, random }) {
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(port));
  /** @type {Samples} */
  const taken = new Map(experiment.kinds.map((kind) => [kind, []]));
  /** @type {string | undefined} */
  let expected;

  const askOne = async (/** @type {Kind} */ kind) => {
    const connection = oneOf(connections, random);
    const isFresh = experiment.fresh && kind === 'unknown';
    const email = isFresh ? makeAddress(random) : oneOf(people.get(kind) ?? [], random);
    const request = experiment.request(email, kind);
    const start = process.hrtime.bigint();
    const answer = await connection.send(request);
    const nanoseconds = process.hrtime.bigint() - start;
    const seen = appearanceOf(answer);
    expected ??= seen;
    if (answer.status !== experiment.status || seen !== expected)
      throw new Error(`${kind}: ${seen}\nwhere others were told\n${expected}`);
    return Number(nanoseconds) / 1000;
  };

  for (const kind of inRandomOrder(experiment.kinds, WARM_UP, random)) await askOne(kind);
  for (const kind of inRandomOrder(experiment.kinds, samples, random))
    taken.get(kind)?.push(await askOne(kind));
  for (const connection of connections) connection.close();
  return taken;
}

/**
 * One shuffle over everything, not rounds of one of each: in those a class seldom follows itself, and what its answers
 * leave to be done afterwards would make all classes slower but itself.
 *
 * @param {readonly Kind[]} kinds  @param {number} times  @param {() => number} random
 */
function inRandomOrder(kinds, times, random) {
  return shuffled(
    kinds.flatMap((kind) => Array.from({ length: times }, () => kind)),
    random,
  );
}

/** All of it but the moment, the request's own id and the device's new one. @param {import('../bench/load.mjs').Answer} answer */
function appearanceOf({ headers, body }) {
  const lines = headers.split('\r\n').filter((line) => !/^(?:date|x-request-id):/i.test(line));
  return [...lines, '', body]
    .join('\n')
    .replace(/(sallyport_device=)[\w-]{43};/, '$1…;')
    .replace(/"requestId":"[^"]*"/, '"requestId":"…"');
}

/** Registered, and nothing opened yet. @param {number} port  @param {string[]} emails */
async function registerPending(port, emails) {
  const connection = new Connection(port);
  for (const email of emails) {
    const { body } = await connection.send(post('/trpc/auth.register', { email, password: PASSWORD }));
    if (!body.includes('verification_sent')) throw new Error(body);
  }
  connection.close();
}

/**
 * @template T
 * @param {readonly T[]} items  not empty
 * @param {() => number} random
 * @returns {T}
 */
function oneOf(items, random) {
  // Boundary: the index is within the array.
  return /** @type {T} */ (items[Math.floor(random() * items.length)]);
}
