import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findFreePort } from '../support/free-port.mjs';

const SERVER = resolve(import.meta.dirname, '../../dist/server/main.mjs');

/** The built server in a process of its own, on a database of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Where its database is. */
  readonly folder: string;
  /** On the same port and database, as after a deployment. Resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export async function createServerProcess(variables: Record<string, string>): Promise<ServerProcess> {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-e2e-'));
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_DIR: folder,
    BCRYPT_COST: '4',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    ...variables,
  };
  let running: ChildProcess | undefined;

  const server: ServerProcess = {
    url: `http://localhost:${port}`,
    folder,
    async start() {
      running = spawn(process.execPath, [SERVER], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      running.stderr?.on('data', (text: Buffer) => {
        if (!String(text).startsWith('RATE_LIMIT=off')) process.stderr.write(text);
      });
      if (running.stdout) await once(running.stdout, 'data'); // the line that says it is ready
    },
    async stop() {
      if (!running) return;
      const exited = once(running, 'exit');
      running.kill('SIGTERM');
      await exited;
      running = undefined;
    },
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
