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
 * @typedef {{ url: string, ids: string[], open: (poolSize?: number) => Promise<any> }} Shard
 * @typedef {{ server: string, own: OwnCode, stores: any }} Place
 */

const ROWS = 50_000;
const REFRESHES = 4000;
const AT_ONCE = 4;
const DAY = 86_400_000;
const GRACE = 30_000;
const ORIGIN = {
  ip: '203.0.113.177',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
};

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
    const [{ server_version: version }] = await ask(one.url, 'show server_version');
    const sizes = await measureSizes(one);
    await refreshSome(place, [whole], REFRESHES / 4); // warm-up
    const refresh = {
      oneShard: await measureRefresh(place, [one]),
      fourShards: await measureRefresh(place, four),
      oneFourTimesAsLarge: await measureRefresh(place, [whole]),
    };
    const revocation = await measureRevocation(place, one);
    return { version: String(version), rows: ROWS, sizes, refresh, revocation };
  } finally {
    await postgres.stop();
  }
}

/**
 * A connection of its own each time: what it has counted is told to all when it goes.
 *
 * @template T
 * @param {string} url  @param {(client: pg.Client) => Promise<T>} work
 */
async function connected(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @param {string} url  @param {string} sql  @param {unknown[]} [values]  @returns {Promise<any[]>} rows */
async function ask(url, sql, values = []) {
  return connected(url, async (client) => (await client.query(sql, values)).rows);
}

/** @param {OwnCode} own */
async function loadStores(own) {
  const files = [
    'db/connect.ts',
    'sessions/store.ts',
    'sessions/revocation-store.ts',
    'accounts/store.ts',
    'lib/ids.ts',
    'lib/user-agent.ts',
  ];
  return Object.assign({}, ...(await Promise.all(files.map((file) => own.load(file)))));
}

/**
 * A database with the server's own migrations, and `rows` accounts with a session each.
 *
 * @param {Place} place  @param {string} name  @param {number} rows
 * @returns {Promise<Shard>}
 */
async function createShard({ server, stores }, name, rows) {
  await ask(server, `create database ${name}`);
  const url = server.replace(/\/[^/]*$/, `/${name}`);
  const open = (poolSize = AT_ONCE) => stores.openDatabase({ engine: 'postgres', url, poolSize });
  await (await open()).destroy();
  const ids = await connected(url, (client) => fill(client, { rows, stores }));
  return { url, ids, open };
}

/** @param {pg.Client} client  @param {{ rows: number, stores: any }} options */
async function fill(client, { rows, stores }) {
  const start = Date.now() - DAY;
  const userAgent = stores.packUserAgent(ORIGIN.userAgent);
  /** @type {string[]} */
  const ids = [];
  for (let from = 0; from < rows; from += 5000) {
    const moments = Array.from(
      { length: 5000 },
      (_, index) => start + Math.floor(((from + index) / rows) * DAY * 0.9),
    );
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
      [
        sessions,
        accounts,
        sessions.map(() => randomBytes(32).toString('base64url')),
        moments,
        ORIGIN.ip,
        userAgent,
      ],
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
  [
    'devices',
    'account_id, token_hash, created_at, last_seen_at',
    `account_id, encode(sha256(id::bytea), 'base64'), moment, moment`,
  ],
];

/**
 * Bytes a row with its indexes. A session also after it has been rotated all over the table: its pages keep room for that.
 *
 * @param {Shard} shard
 */
async function measureSizes({ url, ids }) {
  const sizeOf = async (/** @type {string} */ table) => {
    const [{ size }] = await ask(url, 'select pg_total_relation_size($1) as size', [table]);
    return Math.round(Number(size) / ids.length);
  };
  const session = await sizeOf('sessions');
  const dice = createDice();
  const shuffled = ids.map((id) => ({ id, at: dice() })).toSorted((a, b) => a.at - b.at);
  await connected(url, async (client) => {
    for (let round = 0; round < 3; round += 1)
      for (let from = 0; from < shuffled.length; from += 500)
        await client.query(
          `update sessions set generation = generation + 1, rotated_at = rotated_at + 1, last_seen_at = last_seen_at + 1,
            retired = $2 where id = any ($1)`,
          [shuffled.slice(from, from + 500).map(({ id }) => id), '[[700,700,1790000000000]]'],
        );
  });
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

/** A connection tells what it has counted when it goes. @param {pg.Client} client */
async function untilAlone(client) {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline;) {
    const { rows } = await client.query(
      `select count(*) from pg_stat_activity where backend_type = 'client backend' and datname = current_database()`,
    );
    if (Number(rows[0].count) === 1) return;
  }
  throw new Error('a connection to the database does not end');
}

/** The process whose children serve the connections; undefined where the system does not show it. @param {Shard | undefined} shard */
async function backendsOf(shard) {
  return connected(shard?.url ?? '', async (client) => {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    try {
      return Number(readStat(Number(rows[0].pid))[1]);
    } catch {
      return undefined;
    }
  });
}

const readStat = (/** @type {number | string} */ pid) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');

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
