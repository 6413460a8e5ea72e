// @ts-check
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../support/free-port.mjs';
import { Connection, get } from './load.mjs';

/**
 * @typedef {{ cpu: number, rss: number }} Usage  microseconds, bytes
 * @typedef {{ port: number, usage: () => Promise<Usage>, stop: () => Promise<void>, readyAfter: number }} Server
 */

/** Everybody's: those who sign with HMAC get it too. */
export const AUTH_SECRET = 'YmVuY2htYXJrcyBuZWVkIGEgc2VjcmV0IHRvbywgb25lIG9mIHRoZWlyIG93bg';

// Asked before this process steps aside: afterwards it sees fewer cores itself.
const pins = existsSync('/usr/bin/taskset') && availableParallelism() > 1;

/**
 * Starts `module` in a process of its own, on the first core only when `oneCore` and the system can, and on the data
 * in `folder` when there is one; it then stays after the stop.
 *
 * @param {string} module
 * @param {{ oneCore?: boolean, probe?: string, folder?: string, variables?: Record<string, string> }} [options]
 * @returns {Promise<Server>} ready: `readyAfter` is milliseconds from spawn to the first answer
 */
export async function startServer(module, { oneCore = false, probe = '/healthz', folder, variables } = {}) {
  const port = await findFreePort();
  const ownFolder = folder ?? makeFolder();
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    AUTH_SECRET,
    PORT: String(port),
    DATA_DIR: ownFolder,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'warn',
    ...variables,
  };
  const started = performance.now();
  const child = fork(join(import.meta.dirname, 'measured-server.mjs'), [module], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...(oneCore && pins && { execPath: '/usr/bin/taskset', execArgv: ['-c', '0', process.execPath] }),
  });
  const exited = once(child, 'exit');
  const died = exited.then(([code]) => {
    throw new Error(`${module} ended with ${code} instead of answering`);
  });
  died.catch(() => undefined); // once nobody waits for an answer, an end is what was asked for
  await Promise.race([untilAnswers(port, probe), died]);
  return {
    port,
    readyAfter: performance.now() - started,
    async usage() {
      child.send('usage');
      const [usage] = await Promise.race([once(child, 'message'), died]);
      return usage;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      if (folder === undefined) rmSync(ownFolder, { recursive: true, force: true });
    },
  };
}

export function makeFolder(parent = tmpdir()) {
  return mkdtempSync(join(parent, 'sallyport-bench-'));
}

export function canPin() {
  return pins;
}

/** Leaves the first core to the servers: the load comes from the others. */
export function stepAside() {
  if (!pins) return;
  const others = `1-${cpus().length - 1}`;
  execFileSync('/usr/bin/taskset', ['--all-tasks', '--cpu-list', '--pid', others, String(process.pid)]);
}

/** @param {number} port  @param {string} probe */
async function untilAnswers(port, probe) {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const connection = new Connection(port);
    try {
      const { status } = await connection.send(get(probe));
      if (status === 200) return;
    } catch {
      // Not listening yet: asked again until the deadline.
    } finally {
      connection.close();
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the server did not start');
}
