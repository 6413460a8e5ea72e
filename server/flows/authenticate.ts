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

/**
 * Fails with `token_missing`, `token_invalid`, `token_expired` or `session_revoked`. Reads no database: the
 * signature was checked once and is remembered, revocations are in memory.
 */
export async function authenticate(
  { accessTokens, revocations }: Pick<Deps, 'accessTokens' | 'revocations'>,
  token: string | undefined,
): Promise<CallerSession> {
  if (token === undefined) throw new Failure('token_missing');
  const claims = await accessTokens.verify(token);
  if (revocations.has(claims.sid)) throw new Failure('session_revoked');
  return {
    id: claims.sid,
    accountId: claims.sub,
    clientId: claims.client_id,
    scopes: claims.scope.split(' ').filter(isScope),
    authenticatedAt: claims.auth_time * 1000,
    expiresAt: claims.exp * 1000,
  };
}
