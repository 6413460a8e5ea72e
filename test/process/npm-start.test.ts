import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyProject } from '../support/project-copy.ts';
import { startProcess } from '../support/server-process.ts';

test(
  'npm start builds what has no build yet, serves the real page, and builds nothing the second time',
  {
    timeout: 120_000,
  },
  async () => {
    const folder = copyProject();
    const main = join(folder, 'server/start.mjs');
    const first = await startProcess({ main, folder });
    expect(first.greeting).toMatch(/^Sallyport is ready/);
    const page = await (await fetch(first.base)).text();
    const [, script] = /<script type="module" crossorigin src="([^"]+)">/.exec(page) ?? [];
    const asset = await fetch(new URL(script ?? '', first.base), { headers: { 'Accept-Encoding': 'br' } });
    expect(asset.headers.get('content-encoding')).toBe('br');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    await asset.arrayBuffer(); // an answer that nobody reads would hold up the drain
    first.child.kill('SIGTERM');
    expect(await first.exit).toMatchObject({ code: 0, stderr: 'Building …\n' });

    const second = await startProcess({ main, folder });
    expect(second.greeting).toMatch(/^Sallyport is ready/);
    second.child.kill('SIGTERM');
    expect(await second.exit).toMatchObject({ code: 0, stderr: '' });
  },
);
