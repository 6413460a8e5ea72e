import type { Scope } from '../../shared/scopes.ts';
import { Failure } from '../lib/failure.ts';
import type { AccessTokenClaims } from '../tokens/access-token.ts';
import type { Deps } from './deps.ts';

/** Who is calling, as the access token says and no revocation contradicts. */
export interface CallerSession {
  id: string;
  accountId: string;
  clientId: string;
  scopes: readonly Scope[];
  /** When the person last gave a password; milliseconds since the epoch. */
  authenticatedAt: number;
  /** When this access token ends; milliseconds since the epoch. */
  expiresAt: number;
}

/** What came in the header `Authorization`, unchecked. */
export interface Credentials {
  token: string | undefined;
  /** With the scheme `DPoP` (RFC 9449 §7.1); undefined with `Bearer`. */
  possession?: Possession | undefined;
}

/** A proof that the caller holds a key, and the request that it must be for. */
export interface Possession {
  proof: string;
  method: string;
  /** Without the query. */
  path: string;
  /** What came of it: the calls of a batch are one request with one proof, which passes once. */
  proven?: Promise<{ jkt: string }>;
}

export type AuthenticateDeps = Pick<Deps, 'accessTokens' | 'revocations' | 'revocationFeed' | 'dpop'>;

/**
 * Fails with `token_missing`, `token_invalid`, `token_expired` or `session_revoked`. Reads no database: the
 * signature was checked once and is remembered, revocations are in memory. Only a process that has been stopped or
 * starved does not trust its memory, and asks. Every call comes here, and hardly one has to wait for anything: a promise is
 * given only to those that do.
 */
export function authenticate(
  deps: AuthenticateDeps,
  credentials: Credentials,
): CallerSession | Promise<CallerSession> {
  const { token, possession } = credentials;
  if (token === undefined) throw new Failure('token_missing');
  const claims = deps.accessTokens.known(token);
  if (!claims || claims.cnf || possession || !deps.revocationFeed.isFresh())
    return authenticateByAsking(deps, { token, possession });
  requireUnrevoked(deps, claims.sid);
  return toCaller(claims);
}

async function authenticateByAsking(
  deps: AuthenticateDeps,
  { token, possession }: Credentials & { token: string },
): Promise<CallerSession> {
  const claims = await deps.accessTokens.verify(token);
  await requireLive(deps, claims.sid);
  await requireKey(deps, { token, claims, possession });
  return toCaller(claims);
}

function toCaller(claims: AccessTokenClaims): CallerSession {
  return {
    id: claims.sid,
    accountId: claims.sub,
    clientId: claims.client_id,
    scopes: claims.scopes,
    authenticatedAt: claims.auth_time * 1000,
    expiresAt: claims.exp * 1000,
  };
}

/** Fails with `session_revoked` when the session has ended. */
export async function requireLive(
  deps: Pick<Deps, 'revocations' | 'revocationFeed'>,
  sid: string,
): Promise<void> {
  requireUnrevoked(deps, sid);
  const end = deps.revocationFeed.isFresh() ? undefined : await deps.revocationFeed.ask(sid);
  if (end) throw new Failure('session_revoked', { ended: end.reason });
}

function requireUnrevoked({ revocations }: Pick<Deps, 'revocations'>, sid: string): void {
  const known = revocations.reasonOf(sid);
  if (known) throw new Failure('session_revoked', { ended: known });
}

interface Presented {
  token: string;
  claims: AccessTokenClaims;
  possession: Possession | undefined;
}

/**
 * A bound token is worth nothing to whoever merely bears it (RFC 9449 §7.2: MUST reject), and an unbound one gains
 * nothing by a proof: a client that believes it bound must learn that it is not.
 */
async function requireKey({ dpop }: AuthenticateDeps, { token, claims, possession }: Presented) {
  const bound = claims.cnf?.jkt;
  if (bound === undefined && !possession) return;
  if (bound === undefined || !possession) throw new Failure('token_invalid');
  possession.proven ??= dpop.verify(possession, token);
  const { jkt } = await possession.proven;
  if (jkt !== bound) throw new Failure('token_invalid');
}
