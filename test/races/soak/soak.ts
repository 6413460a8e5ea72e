import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { engine } from '../../support/database.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { CHILD_ENV } from '../child-processes.ts';
import { useBrowser } from './browser.ts';
import { startMortalServer } from './mortal-server.ts';
import { createRandom } from './random.ts';
import type { FaultKind } from './road.ts';
import { createWitness } from './witness.ts';

const BROWSERS = 8;

export interface SoakFigures {
  rotations: number;
  faults: Record<FaultKind, number>;
  kills: number;
  sessions: number;
  falseSignOuts: number;
}

export function describeFigures({ rotations, faults, kills, sessions, falseSignOuts }: SoakFigures): string {
  const { lostAnswer, lateAnswer, lostRequest, tornConnection } = faults;
  const counts = [
    `${rotations} rotations of ${sessions} sessions`,
    `${lostAnswer} answers lost`,
    `${lateAnswer} late`,
    `${lostRequest} requests lost`,
    `${tornConnection} connections torn`,
    `${kills} kills`,
    `false sign-outs: ${falseSignOuts}`,
  ];
  return counts.join(', ');
}

/**
 * Some browsers refresh, sign out and sign in through a network that fails them and at a server that is killed
 * now and then, until there were so many rotations. Fails when anything happened that must not.
 */
export async function soak({
  main,
  seed,
  rotations,
}: {
  main: string;
  seed: number;
  rotations: number;
}): Promise<SoakFigures> {
  const folder = temporaryFolder();
  const server = await startMortalServer({ main, folder, env: CHILD_ENV });
  const witness = createWitness();
  const faults = { lostAnswer: 0, lateAnswer: 0, lostRequest: 0, tornConnection: 0 };
  const random = createRandom(seed);
  const life = () => Math.ceil(Math.max(200, rotations / 7) * (0.5 + random()));
  let nextKill = life();
  const isFatal = () => {
    if (witness.rotations() < nextKill) return false;
    nextKill += life();
    return true;
  };
  const isOver = () => witness.rotations() >= rotations || witness.breaches.length > 0;
  const world = { server, witness, faults, isOver, isFatal };
  const browsers = Array.from({ length: BROWSERS }, (_, index) =>
    useBrowser({ ...world, random: createRandom(seed + 1 + index) }),
  );
  await Promise.all(browsers);
  expect(witness.breaches, `seed ${seed}`).toEqual([]);
  expect(await server.stop(), `seed ${seed}`).toMatchObject({ code: 0 });

  const lines = witness.lines();
  expect(lines.filter(({ state }) => state === 'live')).toHaveLength(BROWSERS);
  if (engine === 'sqlite') checkFile(join(folder, 'data/sallyport.db'));
  return {
    rotations: witness.rotations(),
    faults,
    kills: server.kills(),
    sessions: lines.length,
    falseSignOuts: witness.falseSignOuts(),
  };
}

function checkFile(file: string): void {
  const database = new Database(file, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
}
