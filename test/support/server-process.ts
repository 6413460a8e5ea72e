import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { engine, takeDatabase } from './database.ts';
import { findFreePort } from './free-port.mjs';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ServerProcess {
  child: ChildProcess;
  port: number;
  base: string;
  /** All lines on stdout up to the one that says it is ready. */
  greeting: string;
  exit: Promise<Exit>;
}

export interface ProcessOptions {
  /** Path of the built main.mjs. */
  main: string;
  /** Where it runs, and where its data go unless `env` says otherwise. */
  folder: string;
  env?: Record<string, string>;
  /** What stands behind it on the command line. */
  words?: string[];
}

const READY = /^Sallyport is ready at .*$/m;

/** Starts the server as a user does, on a free port unless `env` names one. Resolves when it says that it is ready. */
export async function startProcess(options: ProcessOptions): Promise<ServerProcess> {
  const PORT = options.env?.['PORT'] ?? String(await findFreePort());
  const port = Number(PORT);
  const { child, exit, output } = await launch({ ...options, env: { ...options.env, PORT } });
  const greeting = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => READY.test(output.stdout) && resolve(output.stdout));
    void exit.then(({ stderr }) => reject(new Error(`did not start: ${stderr}`)));
  });
  return { child, port, base: `http://127.0.0.1:${port}`, greeting, exit };
}

/** On SQLite it is in the folder by itself. Processes in one folder share it there, and so they do elsewhere. */
const databases = new Map<string, Promise<string>>();

async function databaseOf(folder: string): Promise<{ DATABASE_URL?: string }> {
  return engine === 'sqlite' ? {} : { DATABASE_URL: await databaseUrlIn(folder) };
}

/** `DATABASE_URL` of the processes that run in this folder. */
export async function databaseUrlIn(folder: string): Promise<string> {
  if (engine === 'sqlite') return `sqlite:${join(folder, 'data/sallyport.db')}`;
  const url = databases.get(folder) ?? takeDatabase();
  databases.set(folder, url);
  return url;
}

/** A process that ends with its test, however that ends. Its environment is empty but for what is given. */
export async function launch({ main, folder, env, words = [] }: ProcessOptions) {
  const database = await databaseOf(folder);
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      BCRYPT_COST: '4',
      LOG_LEVEL: 'warn',
      ...database,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text));
  const exit = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, exit, output };
}
