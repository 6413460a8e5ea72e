import { Failure } from '../lib/failure.ts';
import { revokeSession } from '../sessions/store.ts';
import { authenticate } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { findPresentedSession } from './find-presented-session.ts';

export interface SignOut {
  refreshToken: string | undefined;
  accessToken: string | undefined;
}

type SignOutDeps = Pick<Deps, 'db' | 'clock' | 'accessTokens' | 'refreshTokens' | 'revocations'>;

/**
 * Ends every session that the caller proves to hold. Never fails for want of one: signing out twice, or with a
 * token that has expired, is signed out.
 */
export async function signOut(deps: SignOutDeps, { refreshToken, accessToken }: SignOut): Promise<void> {
  const presented = await findPresentedSession(deps.db, deps, refreshToken);
  const held = [presented?.session.id, await heldByAccessToken(deps, accessToken)];
  for (const id of new Set(held.filter((sessionId) => sessionId !== undefined))) {
    const now = deps.clock.now();
    await revokeSession(deps.db, { id, reason: 'signed_out', now });
    deps.revocations.add(id, now);
  }
}

async function heldByAccessToken(deps: SignOutDeps, token: string | undefined): Promise<string | undefined> {
  try {
    return (await authenticate(deps, token)).id;
  } catch (error) {
    // An unusable token proves no session; anything but that is a fault and must show.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
