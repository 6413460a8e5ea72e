import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createApp } from '../../server/app.ts';
import { parseConfig } from '../../server/config.ts';
import { findSecretProblem } from '../../server/keys/secret.ts';
import { outcomeOfCall } from '../support/answers.ts';
import { canRun } from '../support/can-run.ts';
import { temporaryFolder } from '../support/folder.ts';
import { findBlock } from '../support/page-blocks.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { SECRET } from '../support/secret.ts';
import { createWebClient } from '../support/web-client.ts';

const PAGE = 'docs/DEPLOYMENT.md';

const services = z
  .object({ services: z.record(z.string(), z.unknown()) })
  .parse(parse(readFileSync(join(PROJECT_ROOT, 'compose.yaml'), 'utf8'), { merge: true })).services;

describe(PAGE, () => {
  const hasOpenssl = canRun('openssl', 'version');

  test.skipIf(!hasOpenssl)(
    `leads to secrets that are taken and a certificate${hasOpenssl ? '' : ', skipped: there is no openssl'}`,
    () => {
      const folder = temporaryFolder();
      cpSync(join(PROJECT_ROOT, 'deploy'), join(folder, 'deploy'), { recursive: true });
      // What needs an engine is left to those who have one.
      const [engine, ...others] = findBlock(PAGE, '# a first start\n').split('\n').toReversed();
      expect(engine).toMatch(/^docker compose --env-file compose\.env up /);
      execFileSync('sh', ['-e', '-c', others.toReversed().join('\n')], { cwd: folder, stdio: 'pipe' });
      const file = join(folder, 'compose.env');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const settings = readFileSync(file, 'utf8');
      expect(findSecretProblem(/^AUTH_SECRET=(.+)$/m.exec(settings)?.[1] ?? '')).toBeUndefined();
      expect(settings).toMatch(/^POSTGRES_PASSWORD=[\da-f]{48}$/m);
      for (const name of ['fullchain.pem', 'privkey.pem'])
        expect(existsSync(join(folder, 'deploy/tls', name))).toBe(true);
    },
  );

  test('ends every session after a restore, and nobody is kept from signing in', async () => {
    const folder = temporaryFolder();
    const start = async () => {
      const config = parseConfig({
        NODE_ENV: 'test',
        DATA_DIR: folder,
        AUTH_SECRET: SECRET,
        BCRYPT_COST: '4',
        LOG_LEVEL: 'silent',
      });
      const app = await createApp(config);
      onTestFinished(() => app.close());
      return { app, base: await app.http.listen({ port: 0, host: '127.0.0.1' }) };
    };
    const before = await start();
    const ada = createWebClient(before.base);
    await ada.register();
    await before.app.close();

    const database = new Database(join(folder, 'sallyport.db'));
    database.pragma('foreign_keys = ON');
    database.exec(findBlock(PAGE, '-- after a restore, while no server runs\n'));
    database.close();

    const { base } = await start();
    const again = createWebClient(base);
    Object.assign(again, { cookie: ada.cookie, bearer: ada.bearer });
    expect(await outcomeOfCall(await again.query('auth.me'))).toBe('session_revoked');
    expect(await outcomeOfCall(await again.mutate('auth.refresh'))).toBe('session_revoked');
    await again.signIn();
    expect(await outcomeOfCall(await again.mutate('auth.refresh'))).toBe('succeeded');
  });

  test('replaces processes that there are', () => {
    const block = findBlock(PAGE, '# one process after the other\n');
    const names = [...block.matchAll(/--no-deps --wait (\S+)$/gm)].map(([, name = '']) => name);
    expect(names).toEqual(Object.keys(services).filter((name) => name.startsWith('app-')));
  });
});
