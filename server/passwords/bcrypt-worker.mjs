// @ts-check
import { setPriority } from 'node:os';
import { chooseBcrypt } from './bcrypt-native.mjs';

// Where everything shares one core, hashing steps back for the calls that take microseconds. On Linux this is the
// priority of this thread alone; elsewhere it would be that of the whole process.
if (process.platform === 'linux') stepBack();

const engine = await chooseBcrypt();

/**
 * Runs in a worker thread: about 0.3 s of pure computation at cost 12, which on the main thread would stop every
 * other call. No TypeScript, because worker threads load it as it stands in development and tests too.
 *
 * Where the setting's cost is lower than `workOf`, what is missing is done as well: an account that was imported with a
 * cheaper hash would answer sooner than an address without account, and so be known. bcrypt takes 2^cost rounds, and
 * 2^c + 2^c + 2^(c+1) + … + 2^(C−1) = 2^C.
 *
 * @param {{ key: string, setting: string, workOf: number }} task
 * @returns {{ result: string, rounds: number, ms: number, engine: string, problem?: string }} bcrypt's 60 characters, how many
 *   rounds were done in all, the milliseconds that they took, and by what
 */
export default function bcrypt({ key, setting, workOf }) {
  const start = performance.now();
  const [, version, cost, salt] = setting.split('$');
  const result = engine.hash(key, setting);
  let rounds = 2 ** Number(cost);
  for (let missing = Number(cost); missing < workOf; missing += 1) {
    engine.hash(key, `$${version}$${String(missing).padStart(2, '0')}$${salt}`);
    rounds += 2 ** missing;
  }
  return {
    result,
    rounds,
    ms: performance.now() - start,
    engine: engine.name,
    ...(engine.problem !== undefined && { problem: engine.problem }),
  };
}

function stepBack() {
  try {
    setPriority(5);
  } catch {
    // A sandbox may forbid it. Then hashing is merely less considerate, which is no reason to refuse sign-ins.
  }
}
