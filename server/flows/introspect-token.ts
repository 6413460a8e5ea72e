import type { Introspection } from '../../shared/oauth.ts';
import { findAccount } from '../accounts/store.ts';
import type { Client } from '../clients/client.ts';
import { Failure } from '../lib/failure.ts';
import { decideRefresh, endOf } from '../sessions/decide.ts';
import { isRefreshToken } from '../sessions/refresh-token.ts';
import { requireLive } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { findPresentedSession } from './find-presented-session.ts';

const INACTIVE = { active: false } as const;

/**
 * RFC 7662 §2.2, as of this moment: a token whose session has ended is not active, whatever it says of itself. Of a token
 * that is not, nothing is told (§2.2: to keep its state from whoever has no right to it).
 */
export async function introspectToken(
  deps: Deps,
  { token, client }: { token: string; client: Client },
): Promise<Introspection> {
  try {
    const about = isRefreshToken(token) ? describeRefreshToken : describeAccessToken;
    return await about(deps, { token, client });
  } catch (error) {
    if (error instanceof Failure) return INACTIVE;
    throw error;
  }
}

async function describeAccessToken(deps: Deps, { token }: { token: string }): Promise<Introspection> {
  const claims = await deps.accessTokens.verify(token);
  await requireLive(deps, claims.sid);
  const { sub, scope, client_id, sid, exp, iat, jti, auth_time, cnf } = claims;
  const account = await findAccount(deps.db, sub);
  if (account?.disabled_at !== null) return INACTIVE;
  return {
    active: true,
    token_type: cnf ? 'DPoP' : 'Bearer',
    scope,
    client_id,
    username: account.email,
    sub,
    iss: deps.publicUrl,
    aud: deps.publicUrl,
    sid,
    exp,
    iat,
    jti,
    auth_time,
    ...(cnf && { cnf }),
  };
}

/**
 * A refresh token is told of to its own client only: a service that asks about whatever it is given must not take one
 * for an access token.
 */
async function describeRefreshToken(
  deps: Deps,
  { token, client }: { token: string; client: Client },
): Promise<Introspection> {
  const { db, clock, sessionLimits: limits } = deps;
  const presented = await findPresentedSession(db, deps, token);
  if (presented?.session.clientId !== client.id) return INACTIVE;
  const { session, generation } = presented;
  const decision = decideRefresh(session, generation, { now: clock.now(), limits });
  const account = await findAccount(db, session.accountId);
  if (!['rotate', 'replay'].includes(decision) || account?.disabled_at !== null) return INACTIVE;
  return {
    active: true,
    token_type: 'refresh_token',
    scope: session.scope,
    client_id: session.clientId,
    username: account.email,
    sub: account.id,
    iss: deps.publicUrl,
    sid: session.id,
    exp: Math.floor(endOf(session, limits) / 1000),
    auth_time: Math.floor(session.createdAt / 1000),
    ...(session.dpopJkt !== null && { cnf: { jkt: session.dpopJkt } }),
  };
}
