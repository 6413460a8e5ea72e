// @ts-check
import { createHash } from 'node:crypto';
import { ask, backendsOf, connected, cpuOf } from './connection.mjs';
import { randomFrom } from '../../timing/statistics.mjs';
import { AT_ONCE, ORIGIN } from './shards.mjs';

/**
 * @typedef {import('./shards.mjs').Shard} Shard
 * @typedef {import('./shards.mjs').Place} Place
 */

const REFRESHES = 4000;
const GRACE = 30_000;

/**
 * What one refresh asks of the database, by the stores that the flow calls: two reads by key and one conditional UPDATE. The
 * shard is chosen by a hash of the session's id. Counts are the difference between a long run and a short one, so that opening
 * connections is in neither.
 *
 * @param {Place} place  @param {Shard[]} shards
 */
export async function measureRefresh(place, shards) {
  const short = await refreshSome(place, shards, REFRESHES / 4);
  const long = await refreshSome(place, shards, REFRESHES);
  const each = (/** @type {keyof typeof long} */ name) => (long[name] - short[name]) / (REFRESHES * 0.75);
  return {
    databases: shards.length,
    sessions: shards.reduce((sum, { ids }) => sum + ids.length, 0),
    pages: each('pages'),
    commits: each('commits'),
    walBytes: each('wal'),
    processCpu: each('processCpu'),
    databaseCpu: each('databaseCpu'),
    shardsTouched: long.touched / REFRESHES,
  };
}

/** @param {Place} place  @param {Shard[]} shards  @param {number} count */
async function refreshSome({ stores }, shards, count) {
  const before = await countersOf(shards);
  const dbs = await Promise.all(shards.map(({ open }) => open()));
  const backends = await backendsOf(shards[0]);
  const dice = randomFrom(count);
  const [cpu, databaseCpu] = [process.cpuUsage(), cpuOf(backends)];
  let touched = 0;
  const one = async () => {
    // The id is drawn first and then placed, as a router would: shards hold what hashes to them.
    const drawn = dice();
    const place = createHash('sha256').update(String(drawn)).digest().readUInt32BE() % shards.length;
    const [db, ids] = [dbs[place], shards[place]?.ids ?? []];
    const id = ids[Math.floor(dice() * ids.length)];
    const session = db && id !== undefined ? await stores.findSession(db, id) : undefined;
    if (!db || !session) throw new Error('a shard lacks a session');
    const account = await stores.findAccount(db, session.accountId);
    const rotated = await stores.rotateSession(db, session, {
      now: Date.now(),
      grace: GRACE,
      origin: ORIGIN,
    });
    if (account && rotated) touched += 1;
  };
  let left = count;
  const drive = async () => {
    while ((left -= 1) >= 0) await one();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drive));
  const { user, system } = process.cpuUsage(cpu);
  const spent = cpuOf(backends) - databaseCpu;
  await Promise.all(dbs.map((db) => db.destroy()));
  const after = await countersOf(shards);
  return {
    pages: after.pages - before.pages,
    commits: after.commits - before.commits,
    wal: after.wal - before.wal,
    processCpu: user + system,
    databaseCpu: spent,
    touched,
  };
}

/** @param {Shard[]} shards */
async function countersOf(shards) {
  const counters = { pages: 0, commits: 0, wal: 0 };
  for (const { url } of shards) {
    const [{ pages, updated }] = await connected(url, async (client) => {
      await untilAlone(client);
      const { rows } = await client.query(COUNTED);
      return rows;
    });
    counters.pages += Number(pages);
    counters.commits += Number(updated);
  }
  const [{ wal }] = await ask(shards[0]?.url ?? '', `select pg_current_wal_insert_lsn() - '0/0' as wal`);
  counters.wal = Number(wal);
  return counters;
}

const COUNTED =
  'select blks_hit + blks_read as pages, tup_updated as updated from pg_stat_database where datname = current_database()';

/** A connection tells what it has counted when it goes. @param {import('pg').Client} client */
async function untilAlone(client) {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline;) {
    const { rows } = await client.query(
      `select count(*) from pg_stat_activity where backend_type = 'client backend' and datname = current_database()`,
    );
    if (Number(rows[0].count) === 1) return;
  }
  throw new Error('a connection to the database does not end');
}
