// @ts-check
import { setPriority } from 'node:os';
import { hashSync } from 'bcryptjs';

// Where everything shares one core, hashing steps back for the calls that take microseconds. On Linux this is the
// priority of this thread alone; elsewhere it would be that of the whole process.
if (process.platform === 'linux') stepBack();

/**
 * Runs in a worker thread: about 0.3 s of pure computation at cost 12, which on the main thread would stop every
 * other call. Plain JavaScript, because worker threads load it as it stands in development and tests too.
 *
 * @param {{ key: string, setting: string }} task
 * @returns {string} bcrypt's 60 characters
 */
export default function bcrypt({ key, setting }) {
  return hashSync(key, setting);
}

function stepBack() {
  try {
    setPriority(5);
  } catch {
    // A sandbox may forbid it. Then hashing is merely less considerate, which is no reason to refuse sign-ins.
  }
}
