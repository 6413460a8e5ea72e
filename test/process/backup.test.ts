import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtServer } from '../support/built-server.ts';
import { engine, openUrl } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();

async function backup(folder: string, ...words: string[]) {
  const process = await launch({ main: join(main(), '../db.mjs'), folder, words: ['backup', ...words] });
  return process.exit;
}

test.runIf(engine === 'sqlite')(
  'a backup is made while the server writes, whole and for its owner alone',
  async () => {
    const folder = temporaryFolder();
    const { base } = await startProcess({ main: main(), folder, env: { RATE_LIMIT: 'off' } });
    await createWebClient(base).register('ada@example.com');
    const writing = Promise.all(
      Array.from({ length: 5 }, (_, index) => createWebClient(base).register(`person${index}@example.com`)),
    );
    const { code, stdout, stderr } = await backup(folder, 'copy.db');
    await writing;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^copy\.db: \d+ bytes/);
    expect(statSync(join(folder, 'copy.db')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
    const db = await openUrl(`sqlite:${join(folder, 'copy.db')}`);
    const emails = await db.selectFrom('accounts').select('email').execute();
    await db.destroy();
    expect(emails).toContainEqual({ email: 'ada@example.com' });

    // Never over what is there.
    expect(await backup(folder, 'copy.db')).toMatchObject({ code: 1, stderr: 'copy.db: is there already\n' });
  },
);

test.runIf(engine === 'sqlite')(
  'a backup of nothing, or of what is no database, leaves nothing behind',
  async () => {
    const folder = temporaryFolder();
    expect(await backup(folder, 'copy.db')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no database\n$/),
    });
    writeFileSync(join(folder, 'data/sallyport.db'), 'no database '.repeat(100));
    expect(await backup(folder, 'copy.db')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^DATABASE_URL: /),
    });
    expect(readdirSync(folder)).toEqual(['data']);
  },
);

test.runIf(engine === 'postgres')('of PostgreSQL it says what to use', async () => {
  expect(await backup(temporaryFolder())).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('pg_dump'),
  });
});

test('anything else is answered with how it is used', async () => {
  for (const words of [[], ['copy'], ['copy', '--from', 'here', '--to', 'there'], ['backup', '--help']]) {
    const process = await launch({ main: join(main(), '../db.mjs'), folder: temporaryFolder(), words });
    expect(await process.exit).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage:') });
  }
});
