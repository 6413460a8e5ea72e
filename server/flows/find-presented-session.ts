import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import { parseRefreshToken } from '../sessions/refresh-token.ts';
import { findSession, type Session } from '../sessions/store.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from './deps.ts';

/**
 * The session that a refresh token proves to belong to, whatever its generation. Undefined for a malformed
 * token, an unknown session and a wrong tag alike, and without consequence: whoever merely knows a session's id
 * must not be able to sign it out.
 */
export async function findPresentedSession(
  db: Db,
  { refreshTokens }: Pick<Deps, 'refreshTokens'>,
  token: string | undefined,
): Promise<{ session: Session; generation: number } | undefined> {
  const presented = token === undefined ? undefined : parseRefreshToken(token);
  const session = presented && (await findSession(db, presented.sessionId));
  if (!session || !refreshTokens.isGenuine(presented, session.nonce)) return undefined;
  return { session, generation: presented.generation };
}

/**
 * The same of what came in the cookie of our own pages. Another client's token is nothing there: whoever finds one could
 * sign its owner out by it, and only the client that it was issued to may (RFC 7009 §2.1).
 */
export async function findBrowserSession(
  db: Db,
  deps: Pick<Deps, 'refreshTokens'>,
  token: string | undefined,
): Promise<Session | undefined> {
  const presented = await findPresentedSession(db, deps, token);
  return presented?.session.clientId === FIRST_PARTY_CLIENT ? presented.session : undefined;
}
