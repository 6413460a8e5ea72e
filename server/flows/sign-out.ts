import { Failure } from '../lib/failure.ts';
import type { Origin } from '../sessions/store.ts';
import { authenticate, type Credentials } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { findBrowserSession } from './find-presented-session.ts';
import { signOutSession, type HeldSession } from './sign-out-session.ts';

export interface SignOut {
  refreshToken: string | undefined;
  credentials: Credentials;
  origin: Origin;
}

/**
 * Ends every session that the caller proves to hold. Never fails for want of one: signing out twice, or with a
 * token that has expired, is signed out.
 */
export async function signOut(deps: Deps, { refreshToken, credentials, origin }: SignOut): Promise<void> {
  const held = [
    await findBrowserSession(deps.db, deps, refreshToken),
    await heldByAccessToken(deps, credentials),
  ];
  const sessions = new Map(held.flatMap((session) => (session ? [[session.id, session]] : [])));
  for (const session of sessions.values()) await signOutSession(deps, session, origin);
}

async function heldByAccessToken(deps: Deps, credentials: Credentials): Promise<HeldSession | undefined> {
  try {
    return await authenticate(deps, credentials);
  } catch (error) {
    // An unusable token proves no session; anything but that is a fault and must show.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
