import { Failure } from '../lib/failure.ts';
import type { Deps } from './deps.ts';
import { isRefreshToken } from '../sessions/refresh-token.ts';
import { findPresentedSession } from './find-presented-session.ts';

export interface TokenSession {
  id: string;
  accountId: string;
  clientId: string;
}

/** The session that a token of either kind belongs to, by what it proves alone. Undefined: it proves nothing by now. */
export async function findTokenSession(
  deps: Pick<Deps, 'db' | 'refreshTokens' | 'accessTokens'>,
  token: string,
): Promise<TokenSession | undefined> {
  if (isRefreshToken(token)) return (await findPresentedSession(deps.db, deps, token))?.session;
  try {
    const { sid, sub, client_id } = await deps.accessTokens.verify(token);
    return { id: sid, accountId: sub, clientId: client_id };
  } catch (error) {
    // Expired or never ours: no session is proven. Anything else is a fault and must show.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
