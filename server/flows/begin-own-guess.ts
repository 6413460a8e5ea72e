import { findSession } from '../sessions/store.ts';
import type { Guess } from '../throttle/guesses.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

interface OwnGuess {
  caller: CallerSession;
  /** Of the caller's own account. */
  email: string;
  address: string;
}

/**
 * For whoever is signed in and is asked for the password once more: the same budget as at sign-in, from the device that
 * the session was started on. Fails with `throttled`.
 */
export async function beginOwnGuess(
  { db, limits }: Pick<Deps, 'db' | 'limits'>,
  { caller, email, address }: OwnGuess,
): Promise<Guess> {
  const session = await findSession(db, caller.id);
  return limits.beginGuess({ address, email, deviceHash: session?.deviceHash ?? undefined });
}
