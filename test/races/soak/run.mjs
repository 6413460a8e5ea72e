// @ts-check
// `npm run soak`: ten thousand rotations through faults, crashes and sign-outs, in one line of figures; exit code 1
// when anything happened that must not. SOAK_SEED makes the same choices again, as far as timing lets it;
// SOAK_ROTATIONS says how many.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const seed = process.env['SOAK_SEED'] ?? String(Math.floor(Math.random() * 2 ** 32));
const rotations = process.env['SOAK_ROTATIONS'] ?? '10000';

process.stdout.write(`seed ${seed}\n`);
const started = performance.now();
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'unit', 'test/races/soak.test.ts'],
  {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, SOAK_SEED: seed, SOAK_ROTATIONS: rotations },
  },
);
const figures = /^\d+ rotations.*$/m.exec(stdout)?.[0];
const seconds = ((performance.now() - started) / 1000).toFixed(0);
const succeeded = status === 0 && figures !== undefined;
process.stdout.write(succeeded ? `${figures}, ${seconds} s\n` : `${stdout}${stderr}`);
process.exitCode = succeeded ? 0 : 1;
