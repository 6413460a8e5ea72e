import { spawn, type SpawnOptions } from 'node:child_process';
import { onTestFinished } from 'vitest';

export interface ChildService {
  command: string;
  words: string[];
  /** What it prints, on stdout or stderr, once it answers. */
  ready: RegExp;
  cwd: string;
  env?: Record<string, string>;
}

/** Starts a program that is not ours. Resolves when it says that it is ready; ends with the test, however that ends. */
export async function startService({ command, words, ready, cwd, env }: ChildService): Promise<void> {
  // A group of its own: what `go run` or nginx start beside themselves ends with them.
  const options: SpawnOptions = { cwd, env: { ...process.env, ...env }, detached: true };
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await exited;
  });
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (ready.test(output)) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', reject);
    void exited.then(() => reject(new Error(`${command} did not start: ${output}`)));
  });
}
