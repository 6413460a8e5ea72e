import { expect, test } from 'vitest';
import { builtServer } from '../support/built-server.ts';
import { describeFigures, soak } from './soak/soak.ts';

const main = builtServer();

/** Set for the long form, which `npm run soak` is. */
const { SOAK_ROTATIONS, SOAK_SEED } = process.env;

test(
  'under random faults, crashes and sign-outs nobody is signed out falsely and nothing revoked is accepted',
  { timeout: 300_000 },
  async () => {
    const rotations = Number(SOAK_ROTATIONS ?? 400);
    const seed = Number(SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32));
    const figures = await soak({ main: main(), seed, rotations });
    expect(figures.rotations).toBeGreaterThanOrEqual(rotations);
    for (const [fault, count] of Object.entries(figures.faults)) expect(count, fault).toBeGreaterThan(0);
    expect(figures.kills).toBeGreaterThan(0);
    if (SOAK_ROTATIONS !== undefined) process.stdout.write(`${describeFigures(figures)}\n`);
  },
);
