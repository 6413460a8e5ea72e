// @ts-check
// A real PostgreSQL whose databases stand for shards, and the server's own stores over it. A commit waits for the disk, as it
// would; the other noise is switched off.
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { startPostgres } from '../../support/postgres-server.mjs';
import { createDice } from './own-code.mjs';

/**
 * @typedef {import('./own-code.mjs').OwnCode} OwnCode
 * @typedef {{ url: string, client: pg.Client, ids: string[], open: (poolSize?: number) => Promise<any> }} Shard
 * @typedef {{ server: string, own: OwnCode, stores: any }} Place
 */

const ROWS = 50_000;
const REFRESHES = 4000;
const AT_ONCE = 4;
const DAY = 86_400_000;
const GRACE = 30_000;
const ORIGIN = { ip: '203.0.113.177', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' };

/** As the columns are filled by the flows; a hash of Passlib's `bcrypt_sha256` is as long as this one. */
const PASSWORD_HASH = `$bcrypt-sha256$v=2,t=2b,r=12$${'x'.repeat(22)}$${'x'.repeat(31)}`;

/** @param {OwnCode} own */
export async function measureDatabase(own) {
  const postgres = await startPostgres({
    fsync: 'on',
    synchronous_commit: 'on',
    autovacuum: 'off',
    max_wal_size: '4GB',
    checkpoint_timeout: '1h',
  });
  try {
    const place = { server: postgres.url, own, stores: await loadStores(own) };
    const one = await createShard(place, 'simulated_one', ROWS);
    const four = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => createShard(place, `simulated_${name}`, ROWS)),
    );
    const whole = await createShard(place, 'simulated_whole', 4 * ROWS);
    const version = await one.client.query('show server_version');
    const sizes = await measureSizes(one);
    const refresh = {
      oneShard: await measureRefresh(place, [one]),
      fourShards: await measureRefresh(place, four),
      oneFourTimesAsLarge: await measureRefresh(place, [whole]),
    };
    const revocation = await measureRevocation(place, one);
    for (const { client } of [one, ...four, whole]) await client.end();
    return { version: String(version.rows[0].server_version), rows: ROWS, sizes, refresh, revocation };
  } finally {
    await postgres.stop();
  }
}

/** @param {OwnCode} own */
async function loadStores(own) {
  const files = ['db/connect.ts', 'sessions/store.ts', 'sessions/revocation-store.ts', 'accounts/store.ts', 'lib/ids.ts', 'lib/user-agent.ts'];
  return Object.assign({}, ...(await Promise.all(files.map((file) => own.load(file)))));
}

/**
 * A database with the server's own migrations, and `rows` accounts with a session each.
 *
 * @param {Place} place  @param {string} name  @param {number} rows
 * @returns {Promise<Shard>}
 */
async function createShard({ server, stores }, name, rows) {
  const maker = new pg.Client({ connectionString: server });
  await maker.connect();
  await maker.query(`create database ${name}`);
  await maker.end();
  const url = server.replace(/\/[^/]*$/, `/${name}`);
  const open = (poolSize = AT_ONCE) => stores.openDatabase({ engine: 'postgres', url, poolSize });
  await (await open()).destroy();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set synchronous_commit = off');
  const ids = await fill(client, { rows, stores });
  return { url, client, ids, open };
}

/** @param {pg.Client} client  @param {{ rows: number, stores: any }} options */
async function fill(client, { rows, stores }) {
  const start = Date.now() - DAY;
  const userAgent = stores.packUserAgent(ORIGIN.userAgent);
  /** @type {string[]} */
  const ids = [];
  for (let from = 0; from < rows; from += 5000) {
    const moments = Array.from({ length: 5000 }, (_, index) => start + Math.floor(((from + index) / rows) * DAY * 0.9));
    const accounts = moments.map((now) => stores.uuidv7(now));
    const sessions = moments.map((now) => stores.uuidv7(now));
    ids.push(...sessions);
    await client.query(
      `insert into accounts (id, email, email_skeleton, name, password_hash, created_at, updated_at)
        select id, substr(id, 20) || '@example.com', substr(id, 20) || '@example.com', 'Ada Lovelace', $3, moment, moment
        from unnest($1::text[], $2::bigint[]) as given (id, moment)`,
      [accounts, moments, PASSWORD_HASH],
    );
    await client.query(
      `insert into sessions (id, account_id, client_id, scope, nonce, generation, retired, created_at, rotated_at,
          last_seen_at, ip, user_agent, device_hash)
        select id, account_id, 'sallyport', 'profile:read profile:write', nonce, 0, '[]', moment, moment, moment, $5, $6, nonce
        from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as given (id, account_id, nonce, moment)`,
      [sessions, accounts, sessions.map(() => randomBytes(32).toString('base64url')), moments, ORIGIN.ip, userAgent],
    );
    for (const [table, columns, values] of OTHERS)
      await client.query(
        `insert into ${table} (${columns}) select ${values}
          from unnest($1::text[], $2::text[], $3::bigint[]) as given (id, account_id, moment)`,
        [sessions, accounts, moments],
      );
  }
  await client.query('analyze');
  return ids;
}

const OTHERS = [
  [
    'security_events',
    'id, account_id, kind, session_id, ip, user_agent, created_at',
    `id, account_id, 'signed_in', id, '${ORIGIN.ip}', 'Firefox/145.0 (X11; Linux x86_64; rv:145.0)', moment`,
  ],
  ['devices', 'account_id, token_hash, created_at, last_seen_at', `account_id, encode(sha256(id::bytea), 'base64'), moment, moment`],
];

/**
 * Bytes a row with its indexes. A session also after it has been rotated all over the table: its pages keep room for that.
 *
 * @param {Shard} shard
 */
async function measureSizes({ client, ids }) {
  const sizeOf = async (/** @type {string} */ table) => {
    const { rows } = await client.query('select pg_total_relation_size($1) as size', [table]);
    return Math.round(Number(rows[0].size) / ids.length);
  };
  const session = await sizeOf('sessions');
  const dice = createDice();
  const shuffled = ids.map((id) => ({ id, at: dice() })).toSorted((a, b) => a.at - b.at);
  for (let round = 0; round < 3; round += 1)
    for (let from = 0; from < shuffled.length; from += 500)
      await client.query(
        `update sessions set generation = generation + 1, rotated_at = rotated_at + 1, last_seen_at = last_seen_at + 1,
          retired = $2 where id = any ($1)`,
        [shuffled.slice(from, from + 500).map(({ id }) => id), '[[700,700,1790000000000]]'],
      );
  return {
    account: await sizeOf('accounts'),
    session,
    sessionRotated: await sizeOf('sessions'),
    securityEvent: await sizeOf('security_events'),
    device: await sizeOf('devices'),
  };
}

/**
 * What one refresh asks of the database, by the stores that the flow calls: two reads by key and one conditional UPDATE. The
 * shard is chosen by a hash of the session's id. Counts are the difference between a long run and a short one, so that opening
 * connections is in neither.
 *
 * @param {Place} place  @param {Shard[]} shards
 */
async function measureRefresh(place, shards) {
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
  const dice = createDice(count);
  const [cpu, databaseCpu] = [process.cpuUsage(), cpuOf(backends)];
  let touched = 0;
  const one = async () => {
    // The id is drawn first and then placed, as a router would: shards hold what hashes to them.
    const drawn = Math.floor(dice() * shards.length * ROWS);
    const place = createHash('sha256').update(String(drawn)).digest().readUInt32BE() % shards.length;
    const [db, ids] = [dbs[place], shards[place]?.ids ?? []];
    const session = await stores.findSession(db, ids[Math.floor(dice() * ids.length)]);
    const account = await stores.findAccount(db, session.accountId);
    const rotated = await stores.rotateSession(db, session, { now: Date.now(), grace: GRACE, origin: ORIGIN });
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

/** The sessions that have gone tell their counts as they go: all of them are gone, but for the one that asks. @param {Shard[]} shards */
async function countersOf(shards) {
  const counters = { pages: 0, commits: 0, wal: 0 };
  for (const { client } of shards) {
    await untilAlone(client);
    const { rows } = await client.query(
      `select blks_hit + blks_read as pages, tup_updated as updated from pg_stat_database where datname = current_database()`,
    );
    counters.pages += Number(rows[0].pages);
    counters.commits += Number(rows[0].updated);
  }
  const { rows } = (await shards[0]?.client.query(`select pg_current_wal_lsn() - '0/0' as wal`)) ?? { rows: [] };
  counters.wal = Number(rows[0]?.wal);
  return counters;
}

/** @param {pg.Client} client */
async function untilAlone(client) {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline;) {
    const { rows } = await client.query(
      `select count(*) from pg_stat_activity where backend_type = 'client backend' and datname = current_database()`,
    );
    if (Number(rows[0].count) === 1) return;
  }
  throw new Error('a connection to the database does not end');
}

/** The processes of the server, by their parent; none where the system does not show them. @param {Shard | undefined} shard */
async function backendsOf(shard) {
  const { rows } = (await shard?.client.query('select pg_backend_pid() as pid')) ?? { rows: [] };
  try {
    return parentOf(Number(rows[0]?.pid));
  } catch {
    return undefined;
  }
}

const readStat = (/** @type {number | string} */ pid) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
const parentOf = (/** @type {number} */ pid) => Number(readStat(pid)[1]);

/** Microseconds; a tick of Linux is 10 ms. Not a number where there is no way to know. @param {number | undefined} parent */
function cpuOf(parent) {
  if (parent === undefined) return Number.NaN;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readStat(pid);
      if (Number(stat[1]) === parent) ticks += Number(stat[11]) + Number(stat[12]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks * 10_000;
}

/**
 * What telling costs: sessions are ended by eight connections at once, with the trigger and without; and what reading costs whoever
 * is told.
 *
 * @param {Place} place  @param {Shard} shard
 */
async function measureRevocation(place, shard) {
  const listener = new pg.Client({ connectionString: shard.url });
  await listener.connect();
  let heard = 0;
  let bytes = 0;
  listener.on('notification', ({ payload = '', channel }) => {
    heard += 1;
    bytes += payload.length + channel.length;
  });
  await listener.query('listen sallyport');
  const told = await endSome(place, shard, 0);
  await listener.query('select 1');
  const messages = { heard, bytesEach: Math.round(bytes / heard) };
  await listener.end();
  await shard.client.query('alter table sessions disable trigger sessions_ended');
  const untold = await endSome(place, shard, ENDED);
  await shard.client.query('alter table sessions enable trigger sessions_ended');
  return { ended: ENDED, messages, told, untold, reading: await measureReading(place, shard) };
}

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
      for (let place = index; place < ids.length; place += ENDING)
        await stores.revokeSession(db, { id: ids[place], reason: 'signed_out', now: Date.now() });
    }),
  );
  const took = performance.now() - start;
  const spent = cpuOf(backends) - cpu;
  await db.destroy();
  return { commitMs: took / ENDED, databaseCpu: spent / ENDED };
}

const READS = 1500;

/** Microseconds of one question for one session, and for a hundred. @param {Place} place  @param {Shard} shard */
async function measureReading({ stores }, shard) {
  const db = await shard.open(1);
  const ask = async (/** @type {number} */ size, /** @type {number} */ times) => {
    const backends = await backendsOf(shard);
    const [cpu, databaseCpu] = [process.cpuUsage(), cpuOf(backends)];
    for (let time = 0; time < times; time += 1) {
      const first = (time * size) % (2 * ENDED - size);
      const found = await stores.listRevoked(db, shard.ids.slice(first, first + size));
      if (found.length !== size) throw new Error('a session that has ended was not read');
    }
    const { user, system } = process.cpuUsage(cpu);
    return { processCpu: (user + system) / times, databaseCpu: (cpuOf(backends) - databaseCpu) / times };
  };
  await ask(1, 100);
  await ask(100, 10);
  const one = await ask(1, READS);
  const hundred = await ask(100, READS / 5);
  await db.destroy();
  return { one, hundred };
}
