import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { builtServer } from '../support/built-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

const main = builtServer();
const command = async (folder: string, ...words: string[]) =>
  (await launch({ main: join(main(), '../client.mjs'), folder, words })).exit;

const addedSchema = z.strictObject({ clientId: z.string(), clientSecret: z.string().optional() });

/** What `add` printed: one line of JSON and nothing else. */
async function add(folder: string, ...words: string[]) {
  const { code, stdout, stderr } = await command(folder, 'add', ...words);
  expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 });
  return addedSchema.parse(JSON.parse(stdout));
}

const answerSchema = z.looseObject({
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
});

async function post(url: string, form: Record<string, string>) {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, ...answerSchema.parse(await response.json()) };
}

describe('npm run client, while the server runs', () => {
  test('adds a client, replaces its secret, and removes it with all its sessions', async () => {
    const folder = temporaryFolder();
    const { base } = await startProcess({ main: main(), folder, env: { RATE_LIMIT: 'off' } });
    const ada = createWebClient(base);
    await ada.register();
    const words = ['--name', 'Mail', '--confidential', '--grant', 'password', '--grant', 'refresh_token'];
    const { clientId, clientSecret = '' } = await add(folder, ...words, '--scope', 'profile:read');
    const shown = (secret: string) => ({ client_id: clientId, client_secret: secret });
    const password = { grant_type: 'password', username: 'ada@example.com', password: GOOD_PASSWORD };
    const tokens = await post(`${base}/oauth/token`, { ...password, ...shown(clientSecret) });
    expect(tokens).toMatchObject({ status: 200, scope: 'profile:read' });

    const rotated = await command(folder, 'rotate-secret', clientId);
    const { clientSecret: next = '' } = addedSchema.parse(JSON.parse(rotated.stdout));
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    expect(await post(`${base}/oauth/token`, { ...refresh, ...shown(clientSecret) })).toMatchObject({
      error: 'invalid_client',
    });
    const renewed = await post(`${base}/oauth/token`, { ...refresh, ...shown(next) });
    expect(renewed).toMatchObject({ status: 200 });
    // What is stored of a secret is a hash, in the database and in its journal.
    const files = readdirSync(join(folder, 'data')).map((name) =>
      readFileSync(join(folder, 'data', name), 'latin1'),
    );
    for (const secret of [clientSecret, next])
      for (const file of files) expect(file.includes(secret)).toBe(false);

    expect(await command(folder, 'remove', clientId)).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify({ clientId, sessionsEnded: 1 })}\n`,
    });
    expect(await post(`${base}/oauth/token`, { ...refresh, ...shown(next) })).toMatchObject({
      error: 'invalid_client',
    });
    const headers = { Authorization: `Bearer ${renewed.access_token}` };
    await vi.waitUntil(async () => (await fetch(`${base}/oauth/userinfo`, { headers })).status === 401, {
      timeout: 20_000,
      interval: 20,
    });
    expect((await ada.query('auth.me')).status).toBe(200);
  });

  test('gives nothing that was not asked for: no grant, no secret', async () => {
    const folder = temporaryFolder();
    const { base } = await startProcess({ main: main(), folder });
    const { clientId, ...rest } = await add(folder, '--name', 'Reader');
    expect(rest).toEqual({});
    const form = { grant_type: 'password', username: 'a@example.com', password: 'p', client_id: clientId };
    expect(await post(`${base}/oauth/token`, form)).toMatchObject({ error: 'unauthorized_client' });
    const { stdout } = await command(folder, 'list');
    const listed: unknown[] = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(listed).toEqual([
      {
        clientId: 'sallyport',
        name: 'Sallyport',
        confidential: false,
        grants: ['password', 'refresh_token'],
        scopes: ['profile:read', 'profile:write'],
      },
      {
        clientId,
        name: 'Reader',
        confidential: false,
        grants: [],
        scopes: ['profile:read', 'profile:write'],
      },
    ]);
  });
});

test('what it cannot do it says in a line, with a code', async () => {
  const folder = temporaryFolder();
  await command(folder, 'list'); // makes the database
  const { clientId } = await add(folder, '--name', 'Public');
  for (const words of [
    ['remove', '01a2119a-ec8a-728e-b457-55f0c6805490'],
    ['rotate-secret', '01a2119a-ec8a-728e-b457-55f0c6805490'],
    ['rotate-secret', clientId],
    ['rotate-secret', 'sallyport'],
  ])
    expect(await command(folder, ...words), words.join(' ')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'there is no such client, or it has no secret\n',
    });
  for (const words of [
    [],
    ['list', 'x'],
    ['add'],
    ['add', '--name', ''],
    ['add', '--name', ' '],
    ['add', '--name', 'a\u0007b'],
    ['add', '--name', 'n'.repeat(101)],
    ['add', '--name', 'A', '--grant', 'implicit'],
    ['add', '--name', 'A', '--scope', 'admin'],
    ['add', '--name', 'A', '--secret', 'mine'],
    ['add', '--name', 'A', 'B'],
    ['remove'],
    ['remove', 'a', 'b'],
    ['remove', 'sallyport'],
    ['rotate-secret', '--now'],
  ])
    expect(await command(folder, ...words), words.join(' ')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: npm run client -- add/),
    });
}, 60_000);
