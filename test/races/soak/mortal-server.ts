import { startProcess, type Exit, type ProcessOptions } from '../../support/server-process.ts';

/** A server process that is killed now and then, and starts again on the same data and port. */
export interface MortalServer {
  port: number;
  /** Resolves at once while it lives, else when it has started again. */
  up(): Promise<void>;
  kill(): void;
  kills(): number;
  stop(): Promise<Exit>;
}

export async function startMortalServer(options: ProcessOptions): Promise<MortalServer> {
  let current = await startProcess(options);
  const { port } = current;
  const env = { ...options.env, PORT: String(port) };
  let restart: Promise<void> | undefined;
  let kills = 0;

  async function killAndRestart(): Promise<void> {
    kills += 1;
    current.child.kill('SIGKILL');
    await current.exit;
    current = await startProcess({ ...options, env });
    restart = undefined;
  }

  return {
    port,
    kills: () => kills,
    up: async () => restart,
    kill: () => void (restart ??= killAndRestart()),
    async stop() {
      await restart;
      current.child.kill('SIGTERM');
      return current.exit;
    },
  };
}
