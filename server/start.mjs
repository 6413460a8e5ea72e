// @ts-check
// `npm start`: builds when the sources are newer than the build, then runs it in this very process, so that
// signals reach the server itself.
import { join } from 'node:path';
import { isBuilt } from './build-stamp.mjs';

if (!isBuilt()) {
  process.stdout.write('Building …\n');
  await import('./build.mjs');
}
await import(join(import.meta.dirname, '../dist/server/main.mjs'));
