import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { signedInSchema } from '../../shared/account.ts';
import { dataOf } from '../support/answers.ts';
import { canRun } from '../support/can-run.ts';
import { startService, type ChildService } from '../support/child-service.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startNginx } from '../support/nginx.ts';
import { findBlock } from '../support/page-blocks.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { makeSigner, publishApp, sign, type PublishedApp, type Signer } from '../support/published-app.ts';
import { findFreePort } from '../support/free-port.mjs';
import { createWebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

// The code of docs/resource-servers/, taken out of the pages and run against the real application. The tools of
// other languages are no dependency of this project: what is not on the machine is skipped. PYTHON and GO may name
// another interpreter or compiler, such as that of a virtual environment.

const PYTHON = process.env['PYTHON'] ?? 'python3';
const GO = process.env['GO'] ?? 'go';

interface Language {
  name: string;
  isHere: boolean;
  page: string;
  /** The file that checks a token: the page has it twice, to check alone and to ask. */
  verifier: string;
  comment: string;
  server: string;
  /** The line that bounds the fetching of keys, and the same without a bound. */
  cooldown: [string, string];
  run: (folder: string, port: string) => Pick<ChildService, 'command' | 'words' | 'ready'>;
}

const LANGUAGES: Language[] = [
  {
    name: 'Node',
    isHere: true,
    page: 'docs/resource-servers/node.md',
    verifier: 'verify.mjs',
    comment: '//',
    server: 'server.mjs',
    cooldown: ['cooldownDuration: 30_000', 'cooldownDuration: 0'],
    run(folder) {
      symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
      return { command: process.execPath, words: ['server.mjs'], ready: /^listening/m };
    },
  },
  {
    name: 'Python',
    isHere: canRun(
      PYTHON,
      '-c',
      'import cryptography, fastapi, jwt, uvicorn; jwt.PyJWKClient("http://h", cooldown_duration=1)',
    ),
    page: 'docs/resource-servers/python.md',
    verifier: 'verify.py',
    comment: '#',
    server: 'server.py',
    cooldown: ['cooldown_duration=30', 'cooldown_duration=0'],
    run: (_folder, port) => ({
      command: PYTHON,
      words: ['-m', 'uvicorn', '--port', port, 'server:app'],
      ready: /Uvicorn running/,
    }),
  },
  {
    name: 'Go',
    isHere: canRun(GO, 'version'),
    page: 'docs/resource-servers/go.md',
    verifier: 'verify.go',
    comment: '//',
    server: 'main.go',
    cooldown: ['cooldown = 30 * time.Second', 'cooldown = 0'],
    run(folder) {
      writeFileSync(join(folder, 'go.mod'), 'module example.com/service\n\ngo 1.19\n');
      execFileSync(GO, ['vet', '.'], { cwd: folder, stdio: 'pipe' });
      return { command: GO, words: ['run', '.'], ready: /^listening/m };
    },
  },
];

interface Variant {
  /** What stands behind the file's name in the block's first line. */
  block?: string;
  edit?: [string, string];
  env?: Record<string, string>;
}

/** The service of a page, running; returns its address. */
async function serve(
  language: Language,
  { issuer }: PublishedApp,
  { block = '', edit, env }: Variant = {},
): Promise<string> {
  const { page, verifier, comment, server } = language;
  const folder = temporaryFolder();
  writeFileSync(join(folder, server), `${findBlock(page, `${comment} ${server}\n`)}\n`);
  let code = findBlock(page, `${comment} ${verifier}${block}\n`);
  if (edit) {
    expect(code).toContain(edit[0]);
    code = code.replace(...edit);
  }
  writeFileSync(join(folder, verifier), `${code}\n`);
  const PORT = String(await findFreePort());
  const started = language.run(folder, PORT);
  await startService({ ...started, cwd: folder, env: { ISSUER: issuer, PORT, ...env } });
  return `http://127.0.0.1:${PORT}/`;
}

/** Status and challenge of one call. */
async function answerOf(address: string, authorization?: string): Promise<string> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const response = await fetch(address, { headers });
  await response.text();
  return [response.status, response.headers.get('WWW-Authenticate')]
    .filter((part) => part !== null)
    .join(' ');
}

/** What a person who has signed in at the application got: all scopes, unless told otherwise. */
async function signIn({ issuer }: PublishedApp, scope?: string) {
  const client = createWebClient(issuer);
  const { user } = await client.register(`${randomUUID()}@example.com`);
  if (scope === undefined) return { client, user, bearer: client.bearer ?? '' };
  const input = { email: user.email, password: GOOD_PASSWORD, scope };
  const { accessToken } = await dataOf(await client.mutate('auth.login', input), signedInSchema);
  return { client, user, bearer: accessToken };
}

/** The claims of a token that the application made for somebody who is signed in. */
async function goodClaims(published: PublishedApp): Promise<Record<string, unknown>> {
  return decodeJwt((await signIn(published)).bearer);
}

const MISSING = '401 Bearer realm="Sallyport"';
const INVALID = '401 Bearer error="invalid_token"';
const NO_SCOPE = '403 Bearer error="insufficient_scope", scope="profile:read"';

/** Each token has one thing wrong with it, and is signed with the application's own key unless that is the thing. */
async function tokenCases(
  published: PublishedApp,
): Promise<[name: string, token: string, outcome: string][]> {
  const { signer } = published;
  const good = await goodClaims(published);
  const of = (claims: Record<string, unknown>, header?: Record<string, unknown>) =>
    sign(signer, { ...good, ...claims }, header);
  const thief = await makeSigner(signer.alg);
  const rsa = await published.publish('RS256');
  const secret: Signer = { kid: signer.kid, alg: 'HS256', key: Buffer.from(signer.kid.repeat(2)) };
  const past = Math.floor(Date.now() / 1000) - 60;
  const [header = '', payload = '', signature = ''] = (await of({})).split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  return [
    ['a good one', await of({}), '200'],
    ['of a sign-in', (await signIn(published)).bearer, '200'],
    ['of a sign-in with another scope', (await signIn(published, 'profile:write')).bearer, NO_SCOPE],
    ['with a scope that begins the same', await of({ scope: 'profile:read-all' }), NO_SCOPE],
    ['with an empty scope', await of({ scope: '' }), NO_SCOPE],
    ['garbage', 'garbage', INVALID],
    ['three parts of garbage', 'a.b.c', INVALID],
    ['expired', await of({ exp: past }), INVALID],
    ['that never expires', await of({ exp: undefined }), INVALID],
    ['of another issuer', await of({ iss: 'https://elsewhere.example' }), INVALID],
    ['without an issuer', await of({ iss: undefined }), INVALID],
    ['for another audience', await of({ aud: 'https://elsewhere.example' }), INVALID],
    ['without an audience', await of({ aud: undefined }), INVALID],
    ['without a subject', await of({ sub: undefined }), INVALID],
    ['of another type', await of({}, { typ: 'JWT' }), INVALID],
    ['of no type', await of({}, { typ: undefined }), INVALID],
    ['bound to a key', await of({ cnf: { jkt: 'o6Ex0BzJzvvZZ1YW5ZzSYwZ2ZTl5WmVyWkZ0UFV6ZVk' } }), INVALID],
    ['altered', `${header}.${Buffer.from('{}').toString('base64url')}.${signature}`, INVALID],
    ['without a signature', `${header}.${payload}.`, INVALID],
    ['with the algorithm none', `${none}.${payload}.`, INVALID],
    ['signed with a shared secret', await sign(secret, good), INVALID],
    ['signed with a key of ours for another algorithm', await sign(rsa, good), INVALID],
    ['signed with a key of somebody else', await sign({ ...thief, kid: signer.kid }, good), INVALID],
    ['signed with a key that nobody knows', await sign(thief, good), INVALID],
    ['without a key id', await of({}, { kid: undefined }), INVALID],
  ];
}

describe.each(LANGUAGES)('$page', (language) => {
  const missing = language.isHere ? '' : `, skipped: ${language.name} or a package of its page is not here`;

  test.skipIf(!language.isHere)(
    `lets in good tokens and nothing else${missing}`,
    async () => {
      const published = await publishApp();
      const cases = await tokenCases(published);
      const address = await serve(language, published);
      const outcomes = [
        ['no token', await answerOf(address)],
        ['another scheme', await answerOf(address, 'Basic YWRhOnNlY3JldA==')],
        ['no token behind the scheme', await answerOf(address, 'Bearer ')],
        ['the scheme in small letters', await answerOf(address, `bearer ${cases[0]?.[1]}`)],
      ];
      for (const [name, token] of cases) outcomes.push([name, await answerOf(address, `Bearer ${token}`)]);
      expect(outcomes).toEqual([
        ['no token', MISSING],
        ['another scheme', MISSING],
        ['no token behind the scheme', MISSING],
        ['the scheme in small letters', '200'],
        ...cases.map(([name, , outcome]) => [name, outcome]),
      ]);

      const { user, bearer } = await signIn(published);
      const response = await fetch(address, { headers: { Authorization: `Bearer ${bearer}` } });
      expect(await response.json()).toEqual({ sub: user.id });
    },
    120_000,
  );

  test.skipIf(!language.isHere)(
    `fetches the keys once for any number of made-up key ids${missing}`,
    async () => {
      const published = await publishApp();
      const address = await serve(language, published);
      const thief = await makeSigner(published.signer.alg);
      const claims = await goodClaims(published);
      for (let n = 0; n < 20; n += 1) {
        const token = await sign({ ...thief, kid: randomUUID() }, claims);
        expect(await answerOf(address, `Bearer ${token}`)).toBe(INVALID);
      }
      expect(published.asked('/.well-known/jwks.json')).toBe(1);
    },
    120_000,
  );

  test.skipIf(!language.isHere)(
    `knows the next key when it is published, and finds one that it has not seen${missing}`,
    async () => {
      const published = await publishApp();
      const next = await published.publish(published.signer.alg);
      const address = await serve(language, published, { edit: language.cooldown });
      const claims = await goodClaims(published);
      const call = async (signer: Signer) => answerOf(address, `Bearer ${await sign(signer, claims)}`);
      expect([await call(published.signer), await call(next)]).toEqual(['200', '200']);
      expect(published.asked('/.well-known/jwks.json')).toBe(1);
      const unseen = await published.publish(published.signer.alg);
      expect([await call(unseen), await call(published.signer)]).toEqual(['200', '200']);
      expect(published.asked('/.well-known/jwks.json')).toBe(2);
    },
    120_000,
  );

  test.skipIf(!language.isHere)(
    `blames no token when there are no keys to check it with${missing}`,
    async () => {
      const published = await publishApp();
      const address = await serve(language, published);
      const token = await sign(published.signer, await goodClaims(published));
      await published.app.close();
      expect(await answerOf(address, `Bearer ${token}`)).toBe('503');
    },
    120_000,
  );
});

/** A confidential client, as `npm run client -- add --name … --confidential` makes one. */
async function addClient({ app }: PublishedApp) {
  const client = { CLIENT_ID: randomUUID(), CLIENT_SECRET: 'scs_a+secret/with:signs that are encoded' };
  await app.deps.db
    .insertInto('clients')
    .values({
      id: client.CLIENT_ID,
      name: 'reports',
      secret_hash: createHash('sha256').update(client.CLIENT_SECRET).digest('base64url'),
      grants: 'password refresh_token',
      scope: null,
      created_at: Date.now(),
    })
    .execute();
  return client;
}

/** A refresh token of the client that asks: to that client it is active, and no access token all the same. */
async function refreshTokenOf(
  published: PublishedApp,
  { CLIENT_ID, CLIENT_SECRET }: Awaited<ReturnType<typeof addClient>>,
): Promise<string> {
  const { user } = await signIn(published);
  const response = await fetch(`${published.issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      username: user.email,
      password: GOOD_PASSWORD,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    }),
  });
  return z.object({ refresh_token: z.string() }).parse(await response.json()).refresh_token;
}

describe.each(LANGUAGES)('$page, asking', (language) => {
  const { isHere, name } = language;
  const missing = isHere ? '' : `, skipped: ${name} or a package of its page is not here`;

  test.skipIf(!isHere)(
    `lets in live tokens and nothing else, and sees a sign-out at once${missing}`,
    async () => {
      const published = await publishApp();
      const env = await addClient(published);
      const address = await serve(language, published, { block: ', by introspection', env });
      const cases = await tokenCases(published);
      const outcomes = [['no token', await answerOf(address)]];
      for (const [name, token] of cases) outcomes.push([name, await answerOf(address, `Bearer ${token}`)]);
      expect(outcomes).toEqual([['no token', MISSING], ...cases.map(([name, , outcome]) => [name, outcome])]);

      const refreshToken = await refreshTokenOf(published, env);
      expect(await answerOf(address, `Bearer ${refreshToken}`)).toBe(INVALID);
      const { client, bearer } = await signIn(published);
      expect(await answerOf(address, `Bearer ${bearer}`)).toBe('200');
      await client.mutate('auth.logout');
      expect(await answerOf(address, `Bearer ${bearer}`)).toBe(INVALID);
      await published.app.close();
      expect(await answerOf(address, `Bearer ${bearer}`)).toBe('503');
    },
    120_000,
  );
});

describe('docs/resource-servers/nginx.md', () => {
  const page = 'docs/resource-servers/nginx.md';
  const isHere = canRun('nginx', '-v');
  const missing = isHere ? '' : ', skipped: there is no nginx';

  /** The page's configuration with the addresses of this test; returns its own. What reaches the service is in `seen`. */
  async function serveBehindNginx({ issuer }: PublishedApp, edits: [string | RegExp, string][] = []) {
    const seen: (string | undefined)[] = [];
    const service = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    }).listen(await findFreePort(), '127.0.0.1');
    onTestFinished(() => void service.close());
    const folder = temporaryFolder();
    const port = await findFreePort();
    const servicePort = String(Object(service.address()).port);
    const { host } = new URL(issuer);
    let code = findBlock(page, '# /etc/nginx/conf.d/service.conf\n');
    for (const [before, after] of [
      ['listen 127.0.0.1:4000', `listen 127.0.0.1:${port}`],
      ['server 127.0.0.1:3000', `server ${host}`],
      ['http://127.0.0.1:5000', `http://127.0.0.1:${servicePort}`],
      ['Host localhost:3000', `Host ${host}`],
      ['/dev/shm/sallyport-tokens', join(folder, 'tokens')],
      ...edits,
    ] satisfies [string | RegExp, string][]) {
      expect(code).toMatch(before);
      code = code.replaceAll(before, after);
    }
    await startNginx(folder, code);
    return { address: `http://127.0.0.1:${port}/`, seen };
  }

  test.skipIf(!isHere)(`lets in live tokens and nothing else${missing}`, async () => {
    const published = await publishApp();
    const { address, seen } = await serveBehindNginx(published);
    const cases = await tokenCases(published);
    const outcomes = [['no token', await answerOf(address)]];
    for (const [name, token] of cases) outcomes.push([name, await answerOf(address, `Bearer ${token}`)]);
    expect(outcomes).toEqual([['no token', MISSING], ...cases.map(([name, , outcome]) => [name, outcome])]);
    const good = cases.filter(([, , outcome]) => outcome === '200');
    expect(seen).toEqual(good.map(([, token]) => `Bearer ${token}`));
  });

  test.skipIf(!isHere)(`asks once for a token while it is kept, and keeps no refusal${missing}`, async () => {
    const published = await publishApp();
    const { address } = await serveBehindNginx(published, [['200 5s', '200 1h']]);
    const one = await signIn(published);
    const two = await signIn(published);
    for (const { bearer } of [one, one, two]) expect(await answerOf(address, `Bearer ${bearer}`)).toBe('200');
    expect(published.asked('/oauth/userinfo')).toBe(2);
    for (let n = 0; n < 2; n += 1) expect(await answerOf(address, 'Bearer garbage')).toBe(INVALID);
    expect(published.asked('/oauth/userinfo')).toBe(4);
    // The price, as the page says.
    await one.client.mutate('auth.logout');
    expect(await answerOf(address, `Bearer ${one.bearer}`)).toBe('200');
  });

  test.skipIf(!isHere)(
    `without the cache sees a sign-out at once, and Sallyport's absence${missing}`,
    async () => {
      const published = await publishApp();
      const { address } = await serveBehindNginx(published, [[/^ *proxy_(cache|ignore)[^;]*;\n/gm, '']]);
      const { client, bearer } = await signIn(published);
      expect(await answerOf(address, `Bearer ${bearer}`)).toBe('200');
      await client.mutate('auth.logout');
      expect(await answerOf(address, `Bearer ${bearer}`)).toBe(INVALID);
      await published.app.close();
      expect(await answerOf(address, `Bearer ${bearer}`)).toBe('503');
    },
  );
});
