// @ts-check
// Databases that stand for shards: with the server's own migrations, filled through SQL, and asked through its own stores.
import { randomBytes } from 'node:crypto';
import { ask, connected, makeDatabase } from './connection.mjs';
import { randomFrom, shuffled } from '../../timing/statistics.mjs';

/**
 * @typedef {import('./own-code.mjs').OwnCode} OwnCode
 * @typedef {import('../../../server/db/connect.ts').Db} Db
 * @typedef {{ url: string, ids: string[], open: (poolSize?: number) => Promise<Db> }} Shard
 * @typedef {typeof import('../../../server/db/connect.ts')
 *   & typeof import('../../../server/sessions/store.ts')
 *   & typeof import('../../../server/sessions/revocation-store.ts')
 *   & typeof import('../../../server/accounts/store.ts')
 *   & typeof import('../../../server/lib/ids.ts')
 *   & typeof import('../../../server/lib/user-agent.ts')} Stores
 * @typedef {{ server: string, stores: Stores }} Place
 */

export const AT_ONCE = 4;
const DAY = 86_400_000;
export const ORIGIN = {
  ip: '203.0.113.177',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
};

/** As the columns are filled by the flows; a hash of Passlib's `bcrypt_sha256` is as long as this one. */
const PASSWORD_HASH = `$bcrypt-sha256$v=2,t=2b,r=12$${'x'.repeat(22)}$${'x'.repeat(31)}`;

/** @param {OwnCode} own  @returns {Promise<Stores>} */
export async function loadStores(own) {
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
export async function createShard({ server, stores }, name, rows) {
  const url = await makeDatabase(server, name);
  const open = (poolSize = AT_ONCE) => stores.openDatabase({ engine: 'postgres', url, poolSize });
  await (await open()).destroy();
  const ids = await connected(url, (client) => fill(client, { rows, stores }));
  return { url, ids, open };
}

/** @param {import('pg').Client} client  @param {{ rows: number, stores: Stores }} options */
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
export async function measureSizes({ url, ids }) {
  const sizeOf = async (/** @type {string} */ table) => {
    const [{ size }] = await ask(url, 'select pg_total_relation_size($1) as size', [table]);
    return Math.round(Number(size) / ids.length);
  };
  const session = await sizeOf('sessions');
  const mixed = shuffled(ids, randomFrom(1));
  await connected(url, async (client) => {
    for (let round = 0; round < 3; round += 1)
      for (let from = 0; from < mixed.length; from += 500)
        await client.query(
          `update sessions set generation = generation + 1, rotated_at = rotated_at + 1, last_seen_at = last_seen_at + 1,
            retired = $2 where id = any ($1)`,
          [mixed.slice(from, from + 500), '[[700,700,1790000000000]]'],
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
