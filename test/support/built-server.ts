import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilder } from 'vite';
import { beforeAll } from 'vitest';
import { writeClientFolder } from './client-folder.ts';

const root = join(import.meta.dirname, '../..');

/** The server as `npm run build` makes it, with a stand-in for the pages beside it; gone after the file's tests. */
export function builtServer(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-build-'));
  beforeAll(async () => {
    await build(join(folder, 'server'));
    writeClientFolder(join(folder, 'client'));
    // The bundle looks for its packages from where it lies.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    return () => rmSync(folder, { recursive: true });
  }, 60_000);
  return () => join(folder, 'server/main.mjs');
}

async function build(outDir: string): Promise<void> {
  const builder = await createBuilder({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    environments: { ssr: { build: { outDir } } },
  });
  const { ssr } = builder.environments;
  if (!ssr) throw new Error('vite.config.ts names no ssr environment');
  await builder.build(ssr);
}
