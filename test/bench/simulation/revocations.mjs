// @ts-check
import pg from 'pg';
import { ask, backendsOf, cpuOf } from './connection.mjs';

/**
 * @typedef {import('./shards.mjs').Shard} Shard
 * @typedef {import('./shards.mjs').Place} Place
 */

/**
 * What telling costs: sessions are ended by eight connections at once, with the trigger and without; and what reading costs whoever
 * is told.
 *
 * @param {Place} place  @param {Shard} shard
 */
export async function measureRevocation(place, shard) {
  const listener = new pg.Client({ connectionString: shard.url });
  await listener.connect();
  let heard = 0;
  let bytes = 0;
  listener.on('notification', ({ payload = '', channel }) => {
    heard += 1;
    bytes += payload.length + channel.length;
  });
  await listener.query('listen sallyport');
  const told = [];
  const untold = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    told.push(await endSome(place, shard, 2 * round * ENDED));
    await ask(shard.url, 'alter table sessions disable trigger sessions_ended');
    untold.push(await endSome(place, shard, (2 * round + 1) * ENDED));
    await ask(shard.url, 'alter table sessions enable trigger sessions_ended');
  }
  await listener.query('select 1');
  const messages = { heard, bytesEach: Math.round(bytes / heard) };
  await listener.end();
  if (heard !== ROUNDS * ENDED) throw new Error('a message was lost');
  const reading = await measureReading(place, shard);
  return { ended: ENDED, messages, told: middle(told), untold: middle(untold), reading };
}

/** By the time, which is the disk's as well. @param {{ commitMs: number, databaseCpu: number }[]} rounds */
function middle(rounds) {
  const [found] = rounds.toSorted((a, b) => a.commitMs - b.commitMs).slice(Math.floor(rounds.length / 2));
  if (!found) throw new Error('nothing was measured');
  return found;
}

const ROUNDS = 3;
const ENDED = 2000;
const ENDING = 8;

/** @param {Place} place  @param {Shard} shard  @param {number} from */
async function endSome({ stores }, shard, from) {
  const db = await shard.open(ENDING);
  const ids = shard.ids.slice(from, from + ENDED);
  const warm = shard.ids.slice(-ENDING);
  await Promise.all(warm.map((id) => stores.findSession(db, id)));
  const backends = await backendsOf(shard);
  const [start, cpu] = [performance.now(), cpuOf(backends)];
  await Promise.all(
    Array.from({ length: ENDING }, async (_, index) => {
      for (const id of ids.filter((_id, place) => place % ENDING === index))
        await stores.revokeSession(db, { id, reason: 'signed_out', now: Date.now() });
    }),
  );
  const took = performance.now() - start;
  const spent = cpuOf(backends) - cpu;
  await db.destroy();
  return { commitMs: took / ENDED, databaseCpu: spent / ENDED };
}

const READS = 1500;

/**
 * Microseconds of one question for an account, for a session that has ended, and for a hundred of them.
 *
 * @param {Place} place  @param {Shard} shard
 */
async function measureReading({ stores }, shard) {
  await ask(shard.url, 'analyze sessions'); // as autovacuum does, which is off here
  const accounts = await ask(shard.url, 'select id from accounts limit $1', [READS]);
  const db = await shard.open(1);
  const ended = async (/** @type {number} */ time, /** @type {number} */ size) => {
    const first = (time * size) % (2 * ENDED - size);
    const found = await stores.listRevoked(db, shard.ids.slice(first, first + size));
    if (found.length !== size) throw new Error('a session that has ended was not read');
  };
  const account = await costOfReading(shard, READS, async (time) => {
    if (!(await stores.findAccount(db, accounts[time].id))) throw new Error('an account was not read');
  });
  const one = await costOfReading(shard, READS, (time) => ended(time, 1));
  const hundred = await costOfReading(shard, READS / 5, (time) => ended(time, 100));
  await db.destroy();
  return { account, one, hundred };
}

/** @param {Shard} shard  @param {number} times  @param {(time: number) => Promise<void>} read */
async function costOfReading(shard, times, read) {
  for (let time = 0; time < times / 10; time += 1) await read(time); // warm-up
  const backends = await backendsOf(shard);
  const [cpu, databaseCpu] = [process.cpuUsage(), cpuOf(backends)];
  for (let time = 0; time < times; time += 1) await read(time);
  const { user, system } = process.cpuUsage(cpu);
  return { processCpu: (user + system) / times, databaseCpu: (cpuOf(backends) - databaseCpu) / times };
}
