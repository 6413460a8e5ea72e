// @ts-check
// `npm start`: builds when the sources are newer than the build, then runs it in this very process, so that
// signals reach the server itself.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist/sources.sha256');
const SOURCES = ['server', 'client', 'shared', 'vite.config.ts', 'package-lock.json'];

const sources = hashSources();
if (sources !== readStamp()) {
  process.stdout.write('Building …\n');
  const { createBuilder } = await import('vite');
  const builder = await createBuilder({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  await builder.buildApp();
  writeFileSync(stamp, sources);
}
await import(join(root, 'dist/server/main.mjs'));

/** One hash over every source: correct after a checkout or a copy, where times say nothing. */
function hashSources() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of listFiles(source)) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** @param {string} path  @returns {string[]} */
function listFiles(path) {
  if (!existsSync(join(root, path))) return [];
  if (path.includes('.')) return [path];
  const entries = readdirSync(join(root, path), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

function readStamp() {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}
