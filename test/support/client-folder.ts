import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { CLIENT_SETTINGS_META } from '../../shared/client-settings.ts';

export const PAGE_TITLE = '<title>Stand-in client</title>';
export const REFERENCE_TITLE = '<title>Stand-in reference</title>';
export const SCRIPT = 'export const answer = 42; // enough text to be worth compressing\n'.repeat(20);

/** What the build leaves of the client, in small: two pages, one hashed asset with its compressed forms, an icon. */
export function writeClientFolder(folder: string): string {
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  const page = `<!doctype html><html><head>${PAGE_TITLE}<!--${CLIENT_SETTINGS_META}--></head><body></body></html>`;
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'docs.html'), `<!doctype html><html><head>${REFERENCE_TITLE}</head></html>`);
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(assets, 'app-abc123.js'), SCRIPT);
  writeFileSync(join(assets, 'app-abc123.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(assets, 'app-abc123.js.gz'), gzipSync(SCRIPT));
  return folder;
}
