import { isScope, type Scope } from '../../shared/scopes.ts';
import { Failure } from '../lib/failure.ts';
import type { Deps } from './deps.ts';

/** Who is calling, as the access token says and no revocation contradicts. */
export interface CallerSession {
  id: string;
  accountId: string;
  clientId: string;
  scopes: Scope[];
  /** When the person last gave a password; milliseconds since the epoch. */
  authenticatedAt: number;
  /** When this access token ends; milliseconds since the epoch. */
  expiresAt: number;
}

export type AuthenticateDeps = Pick<Deps, 'accessTokens' | 'revocations' | 'revocationFeed'>;

/**
 * Fails with `token_missing`, `token_invalid`, `token_expired` or `session_revoked`. Reads no database: the
 * signature was checked once and is remembered, revocations are in memory. Only a process that has been stopped or
 * starved does not trust its memory, and asks.
 */
export async function authenticate(
  { accessTokens, revocations, revocationFeed }: AuthenticateDeps,
  token: string | undefined,
): Promise<CallerSession> {
  if (token === undefined) throw new Failure('token_missing');
  const claims = await accessTokens.verify(token);
  const known = revocations.reasonOf(claims.sid);
  if (known) throw new Failure('session_revoked', { ended: known });
  const end = revocationFeed.isFresh() ? undefined : await revocationFeed.ask(claims.sid);
  if (end) throw new Failure('session_revoked', { ended: end.reason });
  return {
    id: claims.sid,
    accountId: claims.sub,
    clientId: claims.client_id,
    scopes: claims.scope.split(' ').filter(isScope),
    authenticatedAt: claims.auth_time * 1000,
    expiresAt: claims.exp * 1000,
  };
}
