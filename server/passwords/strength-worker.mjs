// @ts-check
import { estimateStrength } from '../../shared/password-strength.mjs';

/**
 * Runs in a worker thread, see strength.ts.
 *
 * @param {{ password: string, personal: readonly string[] }} task
 */
export default function estimate({ password, personal }) {
  return estimateStrength(password, personal);
}
