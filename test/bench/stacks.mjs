// @ts-check
import { join } from 'node:path';
import { get, post } from './load.mjs';

/**
 * A server that is measured: how to start it, and what to ask it. A request that needs what an earlier answer holds is made
 * from that answer.
 *
 * @typedef {import('./load.mjs').Answer} Answer
 * @typedef {object} Stack
 * @property {string} id
 * @property {string} name
 * @property {string} module
 * @property {string} probe  what it answers first
 * @property {Record<string, string>} [variables]
 * @property {boolean} [ownDatabase]  false: its database is not in its folder, so a new folder is no new start
 * @property {(answer?: Answer) => string} [me]  from the answer to a sign-in
 * @property {(answer: Answer) => string} [refresh]  from the answer to a sign-in or to the refresh before
 * @property {string} [register]
 * @property {string} [signIn]
 */

export const PERSON = {
  email: 'ada@example.com',
  password: 'a lantern for the long night',
  name: 'Ada Lovelace',
};
const credentials = { email: PERSON.email, password: PERSON.password };

export const SERVER = join(import.meta.dirname, '../../dist/server/main.mjs');
const peer = (/** @type {string} */ name) => join(import.meta.dirname, 'peers', `${name}.mjs`);

/**
 * All cookies that an answer sets, as a browser sends them back.
 *
 * @param {Answer} answer
 */
export function cookiesOf({ headers }) {
  return [...headers.matchAll(/^set-cookie: ([^;\r\n]+)/gim)].map(([, cookie]) => cookie).join('; ');
}

/** @param {Answer | undefined} answer */
function bodyOf(answer) {
  if (!answer) throw new Error('made from an answer, and there is none yet');
  return JSON.parse(answer.body);
}

/** @type {Pick<Stack, 'module' | 'probe' | 'register' | 'signIn' | 'me' | 'refresh'>} */
const ours = {
  module: SERVER,
  probe: '/healthz',
  register: post('/trpc/auth.register', PERSON),
  signIn: post('/trpc/auth.login', credentials),
  me: (answer) => get('/trpc/auth.me', { Authorization: `Bearer ${bodyOf(answer).result.data.accessToken}` }),
  refresh: (answer) => post('/trpc/auth.refresh', undefined, { Cookie: cookiesOf(answer) }),
};

/** @type {Pick<Stack, 'probe' | 'register' | 'signIn' | 'me' | 'refresh'>} */
const rest = {
  probe: '/healthz',
  register: post('/register', PERSON),
  signIn: post('/login', credentials),
  me: (answer) => get('/me', { Authorization: `Bearer ${bodyOf(answer).accessToken}` }),
  refresh: (answer) => post('/refresh', { refreshToken: bodyOf(answer).refreshToken }),
};

/** @type {Pick<Stack, 'module' | 'probe' | 'register' | 'signIn' | 'me'>} */
const betterAuth = {
  module: peer('better-auth'),
  probe: '/api/auth/ok',
  register: post('/api/auth/sign-up/email', PERSON),
  signIn: post('/api/auth/sign-in/email', credentials),
  me: (answer) => get('/api/auth/get-session', { Cookie: answer ? cookiesOf(answer) : '' }),
};

/** @type {Stack} */
export const SALLYPORT = { id: 'sallyport', name: 'Sallyport', ...ours };

/**
 * The same server on another engine.
 *
 * @param {string} url
 * @returns {Stack}
 */
export function onPostgres(url) {
  const variables = { DATABASE_URL: url };
  return { id: 'sallyport-postgres', name: 'Sallyport, PostgreSQL', ...ours, variables, ownDatabase: false };
}

/** @type {Stack[]} */
export const PEERS = [
  { id: 'better-auth', name: 'better-auth', ...betterAuth },
  {
    id: 'better-auth-cache',
    name: 'better-auth, cookie cache',
    ...betterAuth,
    variables: { COOKIE_CACHE: 'on' },
  },
  { id: 'fastify', name: 'Fastify, @fastify/jwt, bcrypt', module: peer('fastify'), ...rest },
  { id: 'express', name: 'Express, passport-jwt, bcryptjs', module: peer('express'), ...rest },
  {
    id: 'floor',
    name: 'Fastify and tRPC, a constant',
    module: join(import.meta.dirname, 'constant-server.mjs'),
    probe: '/trpc/auth.me',
    me: () => get('/trpc/auth.me'),
  },
];

/** The server without waiting for the disk: what is written in the last moment before a power cut is lost. */
/** @type {Stack} */
export const SALLYPORT_NORMAL = {
  id: 'sallyport-normal',
  name: 'Sallyport, synchronous=NORMAL',
  ...ours,
  variables: { BENCH_SYNCHRONOUS: 'NORMAL' },
};

/** @type {Stack} */
export const HASH_ALONE = {
  id: 'hash-alone',
  name: 'the hash alone',
  module: join(import.meta.dirname, 'hash-alone.mjs'),
  probe: '/',
  signIn: get('/'),
};
