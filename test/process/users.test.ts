import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { outcomeOfCall, refusalOf } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { engine, openUrl } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { databaseUrlIn, launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

const main = builtServer();
const command = async (folder: string, ...words: string[]) =>
  (await launch({ main: join(main(), '../users.mjs'), folder, words })).exit;

test('an account that is disabled while the server runs is out in all its sessions, and back when enabled', async () => {
  const folder = temporaryFolder();
  const { base } = await startProcess({ main: main(), folder, env: { RATE_LIMIT: 'off' } });
  const laptop = createWebClient(base);
  await laptop.register();
  await createWebClient(base).signIn();
  const grace = createWebClient(base);
  await grace.register('grace@example.com');

  expect(await command(folder, 'disable', ' ADA@example.com ')).toMatchObject({
    code: 0,
    stdout: 'ada@example.com: disabled; sessions ended: 2\n',
    stderr: '',
  });
  // The cookie at once, since a refresh reads the database; the access token as soon as the server has looked.
  expect(await refusalOf(await laptop.mutate('auth.refresh'))).toMatchObject({ ended: 'account_disabled' });
  await vi.waitUntil(
    async () => (await outcomeOfCall(await laptop.query('sessions.list'))) === 'session_revoked',
    { timeout: 20_000, interval: 20 },
  );
  expect(await outcomeOfCall(await grace.query('auth.me'))).toBe('succeeded');

  expect(await command(folder, 'enable', 'ada@example.com')).toMatchObject({
    code: 0,
    stdout: 'ada@example.com: enabled\n',
  });
  expect(await outcomeOfCall(await laptop.mutate('auth.refresh'))).toBe('session_revoked');
  await createWebClient(base).signIn();
});

test('an account that strangers have shut is open again when the operator unlocks it, while the server runs', async () => {
  const folder = temporaryFolder();
  const { base } = await startProcess({ main: main(), folder, env: { TRUST_PROXY: '127.0.0.1' } });
  await createWebClient(base).register();
  const from = (ip: string, password: string) =>
    createWebClient(base).mutate(
      'auth.login',
      { email: 'ada@example.com', password },
      { 'X-Forwarded-For': ip },
    );
  await Promise.all(Array.from({ length: 40 }, (_, index) => from(`198.51.100.${index}`, 'wrong')));
  // As after the eightieth, without the hour that it takes.
  const db = await openUrl(await databaseUrlIn(folder));
  const shut = await db
    .updateTable('throttles')
    .set((eb) => ({ blocked_until: eb.ref('expires_at'), failures: 80 }))
    .where('failures', '>=', 20)
    .returning('key')
    .execute();
  expect(shut).toHaveLength(1);
  await db.destroy();
  expect((await from('203.0.113.7', GOOD_PASSWORD)).status).toBe(429);
  expect(await command(folder, 'unlock', ' ADA@example.com')).toMatchObject({
    code: 0,
    stdout: 'ada@example.com: unlocked; guesses forgotten: 80\n',
    stderr: '',
  });
  expect((await from('203.0.113.7', GOOD_PASSWORD)).status).toBe(200);
});

test('what it cannot do it says in a line, with a code', async () => {
  const folder = temporaryFolder();
  // Whoever has another folder in mind learns that this one is new.
  const first = await command(folder, 'enable', 'nobody@example.com');
  const isNew = engine === 'sqlite' ? /^There was no database yet: made .*sallyport\.db\nnobody/ : /^nobody/;
  expect(first.stderr).toMatch(isNew);
  for (const verb of ['disable', 'enable', 'unlock'])
    expect(await command(folder, verb, 'nobody@example.com')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'nobody@example.com: there is no such account\n',
    });
  for (const words of [
    [],
    ['disable'],
    ['disable', 'not an address'],
    ['remove', 'a@example.com'],
    ['enable', 'a@example.com', 'x'],
  ])
    expect(await command(folder, ...words)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: npm run users/),
    });
});

test('an account is told what its tokens may hold at most, and holds no more from its next refresh on', async () => {
  const folder = temporaryFolder();
  const { base } = await startProcess({ main: main(), folder, env: { RATE_LIMIT: 'off' } });
  const ada = createWebClient(base);
  await ada.register();
  const refreshed = async () =>
    /"scope":"([^"]*)"/.exec(await (await ada.mutate('auth.refresh')).text())?.[1];

  expect(await command(folder, 'scope', 'ada@example.com', 'profile:read')).toMatchObject({
    code: 0,
    stdout: 'ada@example.com: scope: profile:read\n',
  });
  expect(await refreshed()).toBe('profile:read');
  await command(folder, 'scope', 'ada@example.com', 'all');
  expect(await refreshed()).toBe('profile:read profile:write');

  for (const words of [[], ['admin'], ['all', 'profile:read'], ['profile:read', 'admin']])
    expect(await command(folder, 'scope', 'ada@example.com', ...words)).toMatchObject({
      code: 2,
      stdout: '',
    });
  expect(await command(folder, 'scope', 'nobody@example.com', 'all')).toMatchObject({ code: 1, stdout: '' });
});
