// @ts-check
import { isBuilt } from './build-stamp.mjs';

/** Builds when the sources are newer than the build. */
export async function ensureBuilt() {
  if (isBuilt()) return;
  process.stderr.write('Building …\n');
  await import('./build.mjs');
}
