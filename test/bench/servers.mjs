// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, get } from './load.mjs';

/**
 * @typedef {{ cpu: number, rss: number }} Usage  microseconds, bytes
 * @typedef {{ port: number, usage: () => Promise<Usage>, stop: () => Promise<void>, readyAfter: number }} Server
 */

/**
 * Starts `module` in a process of its own, on the first core only when `oneCore` and the system can, and on the data
 * in `folder` when there is one; it then stays after the stop.
 *
 * @param {string} module
 * @param {{ oneCore?: boolean, probe?: string, folder?: string, variables?: Record<string, string> }} [options]
 * @returns {Promise<Server>} ready: `readyAfter` is milliseconds from spawn to the first answer
 */
export async function startServer(module, { oneCore = false, probe = '/healthz', folder, variables } = {}) {
  const port = await freePort();
  const ownFolder = folder ?? makeFolder();
  const env = {
    ...process.env,
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
    ...(oneCore && canPin() && { execPath: '/usr/bin/taskset', execArgv: ['-c', '0', process.execPath] }),
  });
  await untilAnswers(port, probe);
  return {
    port,
    readyAfter: performance.now() - started,
    async usage() {
      child.send('usage');
      const [usage] = await once(child, 'message');
      return usage;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      if (folder === undefined) rmSync(ownFolder, { recursive: true, force: true });
    },
  };
}

export function makeFolder() {
  return mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
}

export function canPin() {
  return existsSync('/usr/bin/taskset') && availableParallelism() > 1;
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

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
