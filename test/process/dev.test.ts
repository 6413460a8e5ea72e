import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyProject } from '../support/project-copy.ts';
import { startProcess } from '../support/server-process.ts';

test('npm run dev serves page and API on one port, and reloads the server', { timeout: 60_000 }, async () => {
  const copy = copyProject();
  const { base, child, exit } = await startProcess({ main: join(copy, 'server/dev.mjs'), folder: copy });
  const page = await (await fetch(`${base}/sign-in`)).text();
  expect(page).toContain('<meta name="sallyport-settings"');
  expect(page).toContain('/@vite/client');
  for (const path of ['/docs', '/docs/?from=readme'])
    expect(await (await fetch(`${base}${path}`)).text()).toContain('/reference/main.ts');
  expect(await (await fetch(`${base}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
  expect(await (await fetch(`${base}/trpc/auth.me`)).json()).toMatchObject({
    error: { data: { reason: 'token_missing' } },
  });
  expect(await (await fetch(`${base}/dev/mailbox`)).text()).toContain('There is no mail yet.');

  const health = join(copy, 'server/http/health.ts');
  const edited = readFileSync(health, 'utf8').replace("status: 'ok'", "status: 'edited'");
  const reloaded = untilSays(child, 'server reloaded');
  writeFileSync(health, edited);
  await reloaded;
  expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: 'edited' });

  child.kill('SIGTERM');
  expect(await exit).toMatchObject({ code: 0 });
});

function untilSays({ stdout }: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve) => {
    stdout?.on('data', (text: string) => text.includes(words) && resolve());
  });
}
