import { expect } from 'vitest';
import { startBalancer, type Balancer } from './balancer.ts';
import { takeDatabase } from './database.ts';
import { temporaryFolder } from './folder.ts';
import { SECRET } from './secret.ts';
import { findFreePort } from './free-port.mjs';
import { startProcess, type ServerProcess } from './server-process.ts';

/** Several processes on one database, each on its own port for as long as the test takes. */
export interface Fleet {
  databaseUrl: string;
  ports: readonly number[];
  /** The process that has this port now. */
  at(port: number): ServerProcess;
  /** Waits for its end, however it comes, and starts it once more. */
  startAgain(port: number): Promise<void>;
}

export interface FleetOptions {
  /** Path of the built main.mjs. */
  main: string;
  env?: Record<string, string>;
  /** Left out: a database of its own. */
  databaseUrl?: string;
}

const PROCESSES = 3;

/** All at once, as an orchestrator does it. */
export async function startFleet({ main, env, databaseUrl }: FleetOptions): Promise<Fleet> {
  const url = databaseUrl ?? (await takeDatabase());
  const folder = temporaryFolder();
  const running = new Map<number, ServerProcess>();
  const start = async (port: number) => {
    const own = { DATABASE_URL: url, AUTH_SECRET: SECRET, PORT: String(port) };
    running.set(port, await startProcess({ main, folder, env: { ...own, ...env } }));
  };
  const at = (port: number) => {
    const server = running.get(port);
    if (!server) throw new Error(`nobody has port ${port}`);
    return server;
  };
  const ports: number[] = [];
  while (ports.length < PROCESSES) ports.push(await findFreePort());
  await Promise.all(ports.map(start));
  return {
    databaseUrl: url,
    ports,
    at,
    async startAgain(port) {
      await at(port).exit;
      await start(port);
    },
  };
}

/** With a load balancer before them, which has found all of them ready. */
export async function startBalancedFleet(
  options: FleetOptions,
): Promise<{ fleet: Fleet; balancer: Balancer }> {
  const fleet = await startFleet(options);
  const balancer = await startBalancer(fleet.ports);
  await Promise.all(fleet.ports.map(balancer.untilIn));
  return { fleet, balancer };
}

/** Each of them as an orchestrator stops it, and starts the next release in its place. */
export async function restartInTurn(fleet: Fleet, balancer: Balancer): Promise<void> {
  for (const port of fleet.ports) {
    const { child, exit } = fleet.at(port);
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0, signal: null });
    await fleet.startAgain(port);
    await balancer.untilIn(port);
  }
}
