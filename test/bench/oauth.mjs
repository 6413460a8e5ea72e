// @ts-check
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { get, postForm, post } from './load.mjs';
import { measure, PASSWORD, register, report, say } from './measure.mjs';
import { makeFolder, startServer } from './servers.mjs';
import { cookiesOf, SERVER } from './stacks.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./servers.mjs').Server} Server */

const CONNECTIONS = 8;

/**
 * The OAuth endpoints beside what they are compared with: a refresh through `/oauth/token` and through tRPC, on the same
 * server and in turn; introspection of tokens that it has seen; the JWKS.
 *
 * @param {{ seconds: number, rounds: number }} lengths
 */
export async function measureOAuth({ seconds, rounds }) {
  const folder = makeFolder();
  const server = await startServer(SERVER, { oneCore: true, folder });
  const cookies = await openSessions(server);
  const tokens = await openSessions(server, true);
  /** @type {(index: number, last?: import('./load.mjs').Answer) => string} */
  const nextCookie = (index, last) => {
    if (last) cookies[index] = cookiesOf(last);
    return post('/trpc/auth.refresh', undefined, { Cookie: cookies[index] ?? '' });
  };
  /** @type {typeof nextCookie} */
  const nextToken = (index, last) => {
    if (last) tokens[index] = JSON.parse(last.body).refresh_token;
    return postForm('/oauth/token', { grant_type: 'refresh_token', refresh_token: tokens[index] ?? '' });
  };
  const ratios = [];
  for (let round = 0; round <= rounds; round += 1) {
    const trpc = await measure(server, { connections: CONNECTIONS, seconds: seconds / 2, next: nextCookie });
    const oauth = await measure(server, { connections: CONNECTIONS, seconds: seconds / 2, next: nextToken });
    if (round === 0) continue; // warm-up
    ratios.push(oauth.cpu / trpc.cpu);
    report('auth.refresh', trpc);
    report('/oauth/token, refresh_token', oauth);
  }
  say(`a refresh through /oauth/token costs ${median(ratios).toFixed(2)} × that through tRPC (CPU)\n`);
  await introspect(server, { folder, seconds });
  const jwks = get('/.well-known/jwks.json');
  report('JWKS', await measure(server, { connections: CONNECTIONS, seconds: seconds / 2, next: () => jwks }));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {Server} server  @param {{ folder: string, seconds: number }} options */
async function introspect(server, { folder, seconds }) {
  const { token } = await register(server, 'introspected@example.com');
  const words = ['add', '--name', 'Bench', '--confidential'];
  const added = execFileSync(process.execPath, [join(SERVER, '../client.mjs'), ...words], {
    env: { ...process.env, DATA_DIR: folder, LOG_LEVEL: 'warn' },
    encoding: 'utf8',
  });
  const { clientId, clientSecret } = JSON.parse(added);
  const Authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const request = postForm('/oauth/introspect', { token }, { Authorization });
  for (let round = 0; round < 3; round += 1)
    report(
      'introspection of a token that was seen before',
      await measure(server, { connections: CONNECTIONS, seconds: seconds / 2, next: () => request }),
    );
}

/**
 * What refreshes each of as many sessions as there are connections.
 *
 * @param {Server} server
 */
async function openSessions(server, asClient = false) {
  const held = [];
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const email = `${asClient ? 'client' : 'page'}-${index}@example.com`;
    const { cookie } = await register(server, email);
    held.push(asClient ? await signIn(server, email) : cookie);
  }
  return held;
}

/** @param {Server} server  @param {string} username */
async function signIn(server, username) {
  const answer = await fetch(`http://127.0.0.1:${server.port}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username, password: PASSWORD }),
  });
  const { refresh_token: token } = await answer.json();
  if (typeof token !== 'string') throw new Error('the password grant gave no refresh token');
  return token;
}
