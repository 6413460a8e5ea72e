// @ts-check
import { rmSync } from 'node:fs';
import { fill } from './filled-database.mjs';
import { Connection, get, post, requireOk } from './load.mjs';
import { AUTH_SECRET, makeFolder, startServer } from './servers.mjs';
import { SERVER } from './stacks.mjs';

const CONNECTIONS = 8;

/**
 * What the server holds once it has seen every one of `count` live sessions: each has come with its refresh token for an
 * access token, and with that to `auth.me`.
 *
 * @param {number} count
 * @returns {Promise<{ count: number, memory: number }>} bytes
 */
export async function seeSessions(count) {
  const folder = makeFolder();
  await (await startServer(SERVER, { folder })).stop();
  const { refreshTokens } = await fill(folder, { sessions: count, secret: AUTH_SECRET, tokens: count });
  const server = await startServer(SERVER, { oneCore: true, folder });
  /** @type {string[]} */
  const accessTokens = [];
  await each(server.port, refreshTokens, async (token, connection) => {
    const request = post('/trpc/auth.refresh', undefined, { Cookie: `sallyport_refresh=${token}` });
    const { body } = requireOk(await connection.send(request));
    accessTokens.push(JSON.parse(body).result.data.accessToken);
  });
  await each(server.port, accessTokens, async (token, connection) => {
    requireOk(await connection.send(get('/trpc/auth.me', { Authorization: `Bearer ${token}` })));
  });
  const { rss } = await server.usage();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  return { count: accessTokens.length, memory: rss };
}

/**
 * @param {number} port  @param {readonly string[]} items
 * @param {(item: string, connection: Connection) => Promise<void>} handle
 */
async function each(port, items, handle) {
  const left = items.values();
  const drive = async () => {
    const connection = new Connection(port);
    for (const item of left) await handle(item, connection);
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, drive));
}
