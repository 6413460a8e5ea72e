import type { EstimateStrength } from '../../../shared/password-policy.ts';

/**
 * The server's own estimate of how many guesses a password withstands. Its words are larger than the rest of the
 * page, so they are fetched when a password is about to be chosen, and everything works without them.
 */
export async function loadEstimate(): Promise<EstimateStrength> {
  // oxlint-disable-next-line no-restricted-imports -- this is the place
  const { estimateStrength } = await import('../../../shared/password-strength.mjs');
  return estimateStrength;
}
