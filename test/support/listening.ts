import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeAll, onTestFinished } from 'vitest';
import { createApp, type App } from '../../server/app.ts';
import { parseConfig } from '../../server/config.ts';
import { writeClientFolder } from './client-folder.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { borrowDatabase } from './database.ts';
import { PLAIN_CALLS } from './plain-calls.ts';
import { SECRET } from './secret.ts';
import { createWebClient, type WebClient } from './web-client.ts';

export interface Listening {
  app: App;
  clock: TestClock;
  port: number;
  /** `http://127.0.0.1:PORT` */
  base: string;
  /** Every line that was logged, as it was written. */
  logLines: string[];
  /** A client of its own, with its own cookie and access token. */
  client: () => WebClient;
}

type Env = Record<string, string>;

/** The real application, listening on a free port of the loopback interface. Closed when the test ends. */
export async function listen(env: Env = {}): Promise<Listening> {
  const { server, stop } = await start(env);
  onTestFinished(stop);
  return server;
}

/** One server for all tests of a file: for those that leave nothing behind which another could see. */
export function sharedServer(env: Env = {}): () => Listening {
  let shared: Listening | undefined;
  beforeAll(async () => {
    const { server, stop } = await start(env);
    shared = server;
    return stop;
  });
  return () => {
    if (!shared) throw new Error('the shared server is there once the tests run');
    return shared;
  };
}

async function start(env: Env): Promise<{ server: Listening; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  const database = await borrowDatabase();
  const logLines: string[] = [];
  const config = parseConfig({
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: env['DATABASE_URL'] ?? database.url,
    PUBLIC_URL: 'http://localhost:3000',
    AUTH_SECRET: SECRET,
    BCRYPT_COST: '4',
    RATE_LIMIT: 'off',
    PLAIN_CALLS,
    ...env,
  });
  const clock = createTestClock();
  const log = pino(
    { level: env['LOG_LEVEL'] ?? 'trace' },
    { write: (line: string) => void logLines.push(line) },
  );
  // A folder named assets above the client must not make the client's own files look hashed.
  const clientFolder = writeClientFolder(join(folder, 'assets', 'client'));
  const app = await createApp(config, { clock, log, clientFolder, background: false });
  const base = await app.http.listen({ port: 0, host: '127.0.0.1' });
  const port = Number(new URL(base).port);
  const stop = async () => {
    await app.close();
    await database.release();
    rmSync(folder, { recursive: true });
  };
  return { server: { app, clock, port, base, logLines, client: () => createWebClient(base) }, stop };
}
