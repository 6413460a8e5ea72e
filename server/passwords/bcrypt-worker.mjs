// @ts-check
import { hashSync } from 'bcryptjs';

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
