import type { Profile } from '../../shared/account.ts';
import { toProfile } from '../accounts/profile.ts';
import type { Account } from '../accounts/store.ts';
import { endOf } from '../sessions/decide.ts';
import type { Session } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

/** Who shapes them into an answer also says where the refresh token goes: into a cookie, or into a client's hands. */
export interface IssuedTokens {
  accessToken: string;
  /** RFC 9449 §5: `DPoP` says that it is worth nothing without its key. */
  tokenType: 'Bearer' | 'DPoP';
  /** Seconds (RFC 6749 §5.1). */
  expiresIn: number;
  /** Space-delimited: what the access token holds. */
  scope: string;
  user: Profile;
  refreshToken: string;
  /** Seconds for which the holder should keep it: the session's longest possible life from now. */
  refreshMaxAge: number;
  /** Where the person has just shown who they are: for the browser to keep, see devices/. */
  deviceToken?: string;
  /** This sign-in has kept an account that was to be erased. */
  deletionCancelled?: true;
}

export interface Worth {
  session: Session;
  account: Account;
  /** Space-delimited, and no more than the session's. */
  scope: string;
  /** Thumbprint of the key that the access token is bound to; undefined: whoever bears it may use it. */
  jkt?: string | undefined;
}

/** What a session's current state is worth in tokens. Writes nothing, so it can be done again after a crash. */
export async function issueTokens(
  deps: Pick<Deps, 'accessTokens' | 'refreshTokens' | 'sessionLimits' | 'clock'>,
  { session, account, scope, jkt }: Worth,
): Promise<IssuedTokens> {
  const endsAt = endOf(session, deps.sessionLimits);
  const { accessToken, expiresIn } = await deps.accessTokens.issue({
    accountId: account.id,
    sessionId: session.id,
    clientId: session.clientId,
    scope,
    authenticatedAt: session.createdAt,
    sessionEndsAt: endsAt,
    jkt,
  });
  return {
    accessToken,
    tokenType: jkt === undefined ? 'Bearer' : 'DPoP',
    expiresIn,
    scope,
    user: toProfile(account, scope.split(' ')),
    refreshToken: deps.refreshTokens.issue(session),
    refreshMaxAge: Math.max(0, Math.floor((endsAt - deps.clock.now()) / 1000)),
  };
}
