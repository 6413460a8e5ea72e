// @ts-check
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createServer } from 'vite';

const DAY = 86_400_000;
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/**
 * Fills the database in `folder`, which a server has made and left, with accounts and a session for each: through SQL,
 * since the flows would take days over a million, but with the server's own ids, names and tokens.
 *
 * @param {string} folder
 * @param {{ sessions: number, age?: number, secret: string, tokens: number }} options  age in milliseconds
 * @returns {Promise<string[]>} genuine refresh tokens of `tokens` sessions, spread evenly over all of them
 */
export async function fill(folder, { sessions, age = DAY, secret, tokens }) {
  const vite = await createServer({
    configFile: join(import.meta.dirname, '../../vite.config.ts'),
    server: { middlewareMode: true, watch: null },
    logLevel: 'warn',
  });
  const { uuidv7 } = await vite.ssrLoadModule('/../server/lib/ids.ts');
  const { packUserAgent } = await vite.ssrLoadModule('/../server/lib/user-agent.ts');
  const { createRefreshTokens } = await vite.ssrLoadModule('/../server/sessions/refresh-token.ts');
  const refreshTokens = createRefreshTokens([secret]);
  const userAgent = packUserAgent(USER_AGENT);
  const database = new Database(join(folder, 'sallyport.db'));
  database.pragma('synchronous = OFF');
  const addAccount = database.prepare(
    `insert into accounts (id, email, name, created_at, updated_at) values (?, ?, '', ?, ?)`,
  );
  const addSession = database.prepare(
    `insert into sessions (id, account_id, client_id, scope, nonce, generation, retired, created_at, rotated_at,
      last_seen_at, ip, user_agent) values (?, ?, 'sallyport', 'profile:read profile:write', ?, 0, '[]', ?, ?, ?,
      '203.0.113.7', ?)`,
  );
  const start = Date.now() - age;
  const every = Math.max(1, Math.floor(sessions / tokens));
  /** @type {string[]} */
  const issued = [];
  database.exec('begin');
  for (let index = 0; index < sessions; index += 1) {
    // Milliseconds apart as they would be, so that each lands where its time puts it.
    const now = start + Math.floor((index / sessions) * DAY * 0.9);
    const [accountId, id] = [uuidv7(now), uuidv7(now)];
    const nonce = createHash('sha256').update(id).digest();
    addAccount.run(accountId, `${accountId}@example.com`, now, now);
    addSession.run(id, accountId, nonce.toString('base64url'), now, now, now, userAgent);
    if (index % every === 0) issued.push(refreshTokens.issue({ id, generation: 0, nonce }));
  }
  database.exec('commit');
  database.pragma('wal_checkpoint(truncate)');
  database.close();
  await vite.close();
  return issued;
}

/** @param {string} folder */
export function countSessions(folder) {
  const database = new Database(join(folder, 'sallyport.db'), { readonly: true });
  const count = Number(database.prepare('select count(*) from sessions').pluck().get());
  database.close();
  return count;
}
