import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { expect, test, vi } from 'vitest';
import { signedInSchema } from '../../shared/account.ts';
import { dataOf, outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();

/** Runs it to its end: the code, and what was printed. */
async function command(folder: string, words: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await (
    await launch({ main: join(main(), '../keys.mjs'), folder, words, env })
  ).exit;
  return { code, stdout, stderr };
}

/** `KID ALG STATE` of each key, without its times. */
async function list(folder: string): Promise<string[]> {
  const { code, stdout, stderr } = await command(folder, ['list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, key, state] =
        /^(\S+ \S+) since \S+Z, (signs|next|until)(?:, from \S+Z| \S+Z)?$/.exec(line) ?? [];
      return key === undefined ? `unreadable: ${line}` : `${key} ${state}`;
    });
}

test('a leaked key is replaced and removed while the server runs; nobody has to sign in again', async () => {
  const folder = temporaryFolder();
  const { base } = await startProcess({ main: main(), folder, env: { RATE_LIMIT: 'off' } });
  const ada = createWebClient(base);
  const { accessToken: stolen } = await ada.register();
  const leaked = decodeProtectedHeader(stolen).kid ?? '';
  expect(await list(folder)).toEqual([`${leaked} ES256 signs`]);
  expect(await command(folder, ['remove', leaked])).toEqual({
    code: 1,
    stdout: '',
    stderr: `${leaked}: signs; replace it first, with rotate --now\n`,
  });

  const { code, stdout } = await command(folder, ['rotate', '--now']);
  const [kid = ''] = stdout.split(' ');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\S+ ES256 since \S+Z, signs\n$/),
  });
  expect(await list(folder)).toEqual([`${leaked} ES256 until`, `${kid} ES256 signs`]);
  // The server has heard of it when the command ends: from here on it signs.
  const { accessToken } = await dataOf(await ada.mutate('auth.refresh'), signedInSchema);
  expect(decodeProtectedHeader(accessToken).kid).toBe(kid);
  ada.bearer = stolen;
  expect(await outcomeOfCall(await ada.query('auth.me'))).toBe('succeeded');

  expect(await command(folder, ['remove', leaked])).toEqual({
    code: 0,
    stdout: `${leaked}: removed\n`,
    stderr: '',
  });
  await vi.waitUntil(async () => (await outcomeOfCall(await ada.query('auth.me'))) === 'token_invalid', {
    timeout: 20_000,
    interval: 20,
  });
  expect(await outcomeOfCall(await ada.mutate('auth.refresh'))).toBe('succeeded');
  expect(await list(folder)).toEqual([`${kid} ES256 signs`]);
});

test('the next key is published at once and once, of the configured algorithm, and does not sign yet', async () => {
  const folder = temporaryFolder();
  const { base } = await startProcess({ main: main(), folder });
  const env = { SIGNING_ALG: 'EdDSA' };
  const rotated = await command(folder, ['rotate'], env);
  expect(rotated).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\S+ EdDSA since \S+Z, next, from \S+Z\n$/),
    stderr: '',
  });
  const [next = ''] = rotated.stdout.split(' ');
  expect(await command(folder, ['rotate'], env)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'there is a next key already: see list\n',
  });
  await vi.waitUntil(
    async () => (await (await fetch(`${base}/.well-known/jwks.json`)).text()).includes(next),
    {
      timeout: 20_000,
      interval: 20,
    },
  );
  const { accessToken } = await createWebClient(base).register();
  expect(decodeProtectedHeader(accessToken).alg).toBe('ES256');
  expect(await command(folder, ['remove', next])).toMatchObject({ code: 0 });
});

test('on a new database the first key is made, and signs', async () => {
  const folder = temporaryFolder();
  expect(await command(folder, ['list'])).toMatchObject({ code: 0, stdout: '' });
  expect(await list(folder)).toEqual([]);
  expect((await command(folder, ['rotate'])).stdout).toMatch(/ES256 since \S+Z, signs\n$/);
});

test('what it cannot do it says in a line, with a code', async () => {
  const folder = temporaryFolder();
  await command(folder, ['list']); // makes the database
  // A key may be called so: the word is taken as it stands.
  for (const kid of ['nobody', '-now'])
    expect(await command(folder, ['remove', kid])).toEqual({
      code: 1,
      stdout: '',
      stderr: `${kid}: there is no such key\n`,
    });
  await command(folder, ['rotate']);
  const AUTH_SECRET = 'another-kP9vXw2Lq8RzTn5YbHs7JdGf4McAeUu';
  expect(await command(folder, ['rotate', '--now'], { AUTH_SECRET })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'AUTH_SECRET: does not open the signing key that is in the database\n',
  });
  for (const words of [
    [],
    ['list', 'x'],
    ['rotate', 'now'],
    ['rotate', '--soon'],
    ['remove'],
    ['remove', 'a', 'b'],
  ])
    expect(await command(folder, words), words.join(' ')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: npm run keys/),
    });
});
