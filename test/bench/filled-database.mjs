// @ts-check
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { genSaltSync, hashSync } from 'bcryptjs';
import Database from 'better-sqlite3';
import { createServer } from 'vite';
import { PERSON } from './stacks.mjs';

const DAY = 86_400_000;
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** Of everybody's password, which is that of stacks.mjs: as low as it goes, so that a hash hides little. */
export const FILLED_COST = 4;

/**
 * Fills the database in `folder`, which a server has made and left, with accounts and a session for each: through SQL,
 * since the flows would take days over a million, but with the server's own ids, names, hashes and tokens.
 *
 * @param {string} folder
 * @param {{ sessions: number, age?: number, secret: string, tokens: number }} options  age in milliseconds
 * @returns {Promise<{ refreshTokens: string[], emails: string[] }>} genuine refresh tokens of `tokens` sessions, spread
 *   evenly over all of them, and whose they are
 */
export async function fill(folder, { sessions, age = DAY, secret, tokens }) {
  const make = await loadMakers(secret);
  const database = new Database(join(folder, 'sallyport.db'));
  database.pragma('synchronous = OFF');
  const addAccount = database.prepare(
    `insert into accounts (id, email, email_skeleton, name, password_hash, created_at, updated_at)
      values (?, ?, ?, '', ?, ?, ?)`,
  );
  const addSession = database.prepare(
    `insert into sessions (id, account_id, client_id, scope, nonce, generation, retired, created_at, rotated_at,
      last_seen_at, ip, user_agent) values (?, ?, 'sallyport', 'profile:read profile:write', ?, 0, '[]', ?, ?, ?,
      '203.0.113.7', ?)`,
  );
  const start = Date.now() - age;
  const every = Math.max(1, Math.floor(sessions / tokens));
  /** @type {{ refreshTokens: string[], emails: string[] }} */
  const filled = { refreshTokens: [], emails: [] };
  database.exec('begin');
  for (let index = 0; index < sessions; index += 1) {
    // Milliseconds apart as they would be, so that each lands where its time puts it.
    const now = start + Math.floor((index / sessions) * DAY * 0.9);
    const [accountId, id] = [make.id(now), make.id(now)];
    const email = `${accountId}@example.com`;
    const nonce = createHash('sha256').update(id).digest();
    addAccount.run(accountId, email, make.skeleton(email), make.passwordHash, now, now);
    addSession.run(id, accountId, nonce.toString('base64url'), now, now, now, make.userAgent);
    if (index % every > 0) continue;
    filled.refreshTokens.push(make.refreshToken({ id, generation: 0, nonce }));
    filled.emails.push(email);
  }
  database.exec('commit');
  database.pragma('wal_checkpoint(truncate)');
  database.close();
  return filled;
}

/** @param {string} secret */
async function loadMakers(secret) {
  const vite = await createServer({
    configFile: join(import.meta.dirname, '../../vite.config.ts'),
    server: { middlewareMode: true, watch: null, hmr: false, ws: false },
    logLevel: 'warn',
  });
  const load = (/** @type {string} */ file) => vite.ssrLoadModule(`/../server/${file}`);
  const { uuidv7 } = await load('lib/ids.ts');
  const { packUserAgent } = await load('lib/user-agent.ts');
  const { skeletonOfAddress } = await load('lib/skeleton.ts');
  const { newHash } = await load('passwords/stored-hash.ts');
  const { createRefreshTokens } = await load('sessions/refresh-token.ts');
  await vite.close();
  const salt = genSaltSync(FILLED_COST).slice(-22);
  const { key, setting, format } = newHash(PERSON.password, { salt, cost: FILLED_COST });
  const refreshTokens = createRefreshTokens([secret]);
  return {
    id: uuidv7,
    skeleton: skeletonOfAddress,
    refreshToken: refreshTokens.issue,
    userAgent: packUserAgent(USER_AGENT),
    passwordHash: String(format(hashSync(key, setting))),
  };
}

/** @param {string} folder */
export function countSessions(folder) {
  const database = new Database(join(folder, 'sallyport.db'), { readonly: true });
  const count = Number(database.prepare('select count(*) from sessions').pluck().get());
  database.close();
  return count;
}
