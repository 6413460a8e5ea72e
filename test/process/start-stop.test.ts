import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { outcomeOfCall } from '../support/answers.ts';
import { beginRequest, untilRefusing } from '../support/begun-request.ts';
import { builtServer } from '../support/built-server.ts';
import { PAGE_TITLE } from '../support/client-folder.ts';
import { temporaryFolder } from '../support/folder.ts';
import { parseResponse, readToEnd } from '../support/raw-http.ts';
import { SECRET } from '../support/secret.ts';
import { findFreePort } from '../support/free-port.mjs';
import { launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

const main = builtServer();
const LONG = { timeout: 30_000 };
const credentials = { email: 'ada@example.com', password: GOOD_PASSWORD };

function createFolder(): string {
  return temporaryFolder();
}

describe('a start', LONG, () => {
  test('with nothing configured makes what it needs, prints its address and serves page and API there', async () => {
    const folder = createFolder();
    const { greeting, port, base, child, exit } = await startProcess({ main: main(), folder });
    const mailbox = `http://localhost:${port}/dev/mailbox`;
    expect(greeting).toBe(
      `Sallyport is ready at http://localhost:${port}\nMail is shown at ${mailbox}: SMTP_URL is not set\n`,
    );
    expect(await (await fetch(mailbox)).text()).toContain('There is no mail yet.');
    expect(await (await fetch(`${base}/`)).text()).toContain(PAGE_TITLE);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    expect(await outcomeOfCall(await createWebClient(base).query('auth.me'))).toBe('token_missing');
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'data/auth-secret')).mode & 0o777).toBe(0o600);
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0, stderr: '' });
  });

  test('that others reach, without a mail server, says what is switched off', async () => {
    const env = { PUBLIC_URL: 'https://login.example.com' };
    const { greeting, base, child, exit } = await startProcess({ main: main(), folder: createFolder(), env });
    expect(greeting).toBe('Sallyport is ready at https://login.example.com\n');
    expect((await fetch(`${base}/dev/mailbox`)).status).toBe(404);
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({
      code: 0,
      stderr: 'SMTP_URL is not set: nobody can reset a password, or confirm or change an e-mail address\n',
    });
  });

  test('that sends mail says nothing of it', async () => {
    const env = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'login@example.com' };
    const { greeting, port, child, exit } = await startProcess({ main: main(), folder: createFolder(), env });
    expect(greeting).toBe(`Sallyport is ready at http://localhost:${port}\n`);
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0, stderr: '' });
  });

  test('after another finds everything again: people, sessions, keys, and what was revoked', async () => {
    const folder = createFolder();
    const first = await startProcess({ main: main(), folder });
    const [ada, gone] = [createWebClient(first.base), createWebClient(first.base)];
    await ada.register();
    await gone.signIn();
    const { bearer, cookie } = gone;
    await gone.mutate('auth.logout');
    first.child.kill('SIGTERM');
    expect(await first.exit).toMatchObject({ code: 0 });

    const { base } = await startProcess({ main: main(), folder, env: { PORT: String(first.port) } });
    expect(base).toBe(first.base);
    const [again, goneAgain] = [createWebClient(base), createWebClient(base)];
    Object.assign(again, { bearer: ada.bearer, cookie: ada.cookie });
    expect(await outcomeOfCall(await again.query('auth.me'))).toBe('succeeded');
    expect(await outcomeOfCall(await again.mutate('auth.refresh'))).toBe('succeeded');
    Object.assign(goneAgain, { bearer, cookie });
    expect(await outcomeOfCall(await goneAgain.query('auth.me'))).toBe('session_revoked');
    expect(await outcomeOfCall(await goneAgain.mutate('auth.refresh'))).toBe('session_revoked');
    await createWebClient(base).signIn();
  });
});

describe('a stop', LONG, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets a sign-in in flight finish and exits 0',
    async (signal) => {
      const { base, port, child, exit } = await startProcess({ main: main(), folder: createFolder() });
      await createWebClient(base).register();
      const running = await beginRequest(port, '/trpc/auth.login', credentials);
      child.kill(signal);
      await untilRefusing(base);
      running.finish();
      const { status, headers } = parseResponse(await running.answer);
      expect([status, headers['set-cookie']]).toEqual([
        200,
        expect.stringContaining('sallyport_refresh=spr_'),
      ]);
      expect(await exit).toMatchObject({ code: 0, signal: null, stderr: '' });
    },
  );

  test('that a load balancer is to hear of first goes on serving, on connections that it closes, and says so', async () => {
    const env = { DRAIN_DELAY: '5m' };
    const { base, child, exit } = await startProcess({ main: main(), folder: createFolder(), env });
    const client = createWebClient(base);
    await client.register();
    child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${base}/readyz`)).status, { interval: 5 }).toBe(503);
    expect(await (await fetch(`${base}/readyz`)).json()).toEqual({ status: 'draining' });
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    const answer = await client.mutate('auth.refresh');
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    // Whoever sits at the keyboard does not wait for load balancers.
    child.kill('SIGINT');
    expect(await exit).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  test('ends the stream of a page that listens, and its connection, while others finish', async () => {
    const { base, port, child, exit } = await startProcess({ main: main(), folder: createFolder() });
    const client = createWebClient(base);
    await client.register();
    const socket = connect({ port, host: '127.0.0.1' });
    socket.write(
      `GET /trpc/sessions.live HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${client.bearer}\r\n\r\n`,
    );
    const heard = readToEnd(socket);
    let head = '';
    while (!head.includes('notices')) head += String(await once(socket, 'data'));
    // Holds the stop, so that the stream's connection is closed for its own sake.
    const running = await beginRequest(port, '/trpc/auth.login', credentials);
    child.kill('SIGTERM');
    expect(await heard).toContain('event: return');
    running.finish();
    expect(parseResponse(await running.answer).status).toBe(200);
    expect(await exit).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  test('does not wait for browsers that merely keep their connections', async () => {
    const { base, child, exit } = await startProcess({ main: main(), folder: createFolder() });
    await Promise.all(
      ['/', '/healthz', '/trpc/auth.me'].map(async (path) => (await fetch(`${base}${path}`)).text()),
    );
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  test('as soon as it is ready exits 0, also while threads are still loading', async () => {
    const exits = Array.from({ length: 3 }, async () => {
      const { child, exit } = await startProcess({ main: main(), folder: createFolder() });
      child.kill('SIGTERM');
      return exit;
    });
    for (const exit of await Promise.all(exits))
      expect(exit).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});

/** Each prepares a folder and says with which environment the start fails there. */
const failures: [
  string,
  RegExp,
  (folder: string) => Record<string, string> | Promise<Record<string, string>>,
][] = [
  ['a port in use', /^PORT: already in use/, takenPort],
  ['a port that is none', /^PORT: /, () => ({ PORT: 'http' })],
  ['an address of somebody else', /^HOST: .*EADDRNOTAVAIL/, () => ({ HOST: '203.0.113.1', PORT: '20000' })],
  ['an unknown value', /^LOG_LEVEL: /, () => ({ LOG_LEVEL: 'loud' })],
  [
    'a cost for tests outside of tests',
    /^BCRYPT_COST: /,
    () => ({ BCRYPT_COST: '4', NODE_ENV: 'production' }),
  ],
  ['plain http in public', /^PUBLIC_URL: /, () => ({ PUBLIC_URL: 'http://login.example.com' })],
  ['a short secret', /^AUTH_SECRET: /, () => ({ AUTH_SECRET: 'short' })],
  [
    'a data folder under a file',
    /^DATA_DIR: /,
    (folder) => ({ DATA_DIR: join(writeFile(folder, 'file'), 'data') }),
  ],
  ['a data folder that is a file', /^DATA_DIR: /, (folder) => ({ DATA_DIR: writeFile(folder, 'file') })],
  [
    'a database under a file',
    /ENOTDIR/,
    (folder) => ({ DATABASE_URL: `sqlite:${writeFile(folder, 'file')}/x/y.db` }),
  ],
  [
    'a database that is none',
    /^DATABASE_URL: /,
    (folder) => ({ DATABASE_URL: `sqlite:${writeFile(folder, 'file')}` }),
  ],
  ['a database that is a folder', /^DATABASE_URL: /, (folder) => ({ DATABASE_URL: `sqlite:${folder}` })],
  ['a kept secret that was emptied', /^AUTH_SECRET: /, (folder) => emptySecret(folder)],
  ['a kept secret that is a folder', /EISDIR/, (folder) => folderAsSecret(folder)],
  ['a bad line in .env', /^REFRESH_GRACE: /, badEnvFile],
  ['a misspelt name in .env', /^ALLOWED_ORIGIN: there is no such variable/, misspeltEnvFile],
  ['the secret of another database', /^AUTH_SECRET: .*signing key/, otherSecret],
];

function misspeltEnvFile(folder: string): Record<string, string> {
  writeFile(folder, '.env', 'ALLOWED_ORIGIN=https://app.example.com\n');
  return {};
}

function writeFile(
  folder: string,
  name: string,
  content = 'not what is expected here\n'.repeat(100),
): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function emptySecret(folder: string): Record<string, string> {
  mkdirSync(join(folder, 'data'));
  writeFile(join(folder, 'data'), 'auth-secret', '\n');
  return {};
}

function folderAsSecret(folder: string): Record<string, string> {
  mkdirSync(join(folder, 'data/auth-secret'), { recursive: true });
  return {};
}

function badEnvFile(folder: string): Record<string, string> {
  writeFile(folder, '.env', 'REFRESH_GRACE=soon\n');
  return {};
}

async function takenPort(): Promise<Record<string, string>> {
  const other = createServer();
  onTestFinished(() => void other.close());
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => resolve(Number(Object(other.address()).port)));
  });
  return { PORT: String(port) };
}

async function otherSecret(folder: string): Promise<Record<string, string>> {
  const { child, exit } = await startProcess({ main: main(), folder, env: { AUTH_SECRET: SECRET } });
  child.kill('SIGTERM');
  await exit;
  return { AUTH_SECRET: `${SECRET}-another` };
}

describe('a start that cannot succeed says why in one line and exits 1', LONG, () => {
  test.each(failures)('%s', async (_, line, prepare) => {
    const folder = createFolder();
    const env = await prepare(folder);
    const PORT = String(await findFreePort());
    const { code, stderr, stdout } = await (
      await launch({ main: main(), folder, env: { PORT, ...env } })
    ).exit;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^[^\n]+\n$/)]);
    expect(stderr).toMatch(line);
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+|node_modules|file:\/\//);
    expect(stdout).not.toMatch(/ready/);
  });
});

test('a failed start leaves the port to others and the data as they were', LONG, async () => {
  const folder = createFolder();
  const running = await startProcess({ main: main(), folder });
  await createWebClient(running.base).register();
  const second = await (await launch({ main: main(), folder, env: { PORT: String(running.port) } })).exit;
  expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(/^PORT: /) });
  await createWebClient(running.base).signIn();
});
