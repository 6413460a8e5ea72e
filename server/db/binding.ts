import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Called by nothing in SQLite's binding itself: it comes out of the headers that a fatal one was compiled with. */
const FATAL_CALL = 'RemoveEnvironmentCleanupHook';

const FAULT =
  'better-sqlite3 was compiled with headers of Node 24.19 or newer, with which it ends the process while memory is cleared; run: npm_config_target=24.18.0 npm rebuild better-sqlite3';

/**
 * With these headers each statement asks, as it is collected, for the environment that it runs in; there is none when V8
 * collects while no script runs, and Node aborts. That can be hours after the start, so it is said at the start. The
 * binaries that better-sqlite3 publishes, and what is compiled for Node 20 and 22, are made with older headers.
 */
export function findBindingFault(binding = locateBinding()): string | undefined {
  return existsSync(binding) && readFileSync(binding).includes(FATAL_CALL) ? FAULT : undefined;
}

/** Where both ways of an installation put it. */
function locateBinding(): string {
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  return join(manifest, '../build/Release/better_sqlite3.node');
}
