import type { SignedIn } from '../../shared/account.ts';
import { toProfile } from '../accounts/profile.ts';
import type { Account } from '../accounts/store.ts';
import type { Session } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

/** The refresh token goes into its cookie and nowhere else; the rest is the answer's body. */
export interface IssuedTokens {
  refreshToken: string;
  /** Seconds for which the browser should keep it: the session's longest possible life from now. */
  refreshMaxAge: number;
  /** Where the person has just shown who they are: for the browser to keep, see devices/. */
  deviceToken?: string;
  signedIn: SignedIn;
}

/** What a session's current state is worth in tokens. Writes nothing, so it can be done again after a crash. */
export async function issueTokens(
  deps: Pick<Deps, 'accessTokens' | 'refreshTokens' | 'sessionLimits' | 'clock'>,
  session: Session,
  account: Account,
): Promise<IssuedTokens> {
  const { sessionIdleTtl, sessionMaxTtl } = deps.sessionLimits;
  const endsAt = Math.min(session.rotatedAt + sessionIdleTtl, session.createdAt + sessionMaxTtl);
  const { accessToken, expiresIn } = await deps.accessTokens.issue({
    accountId: account.id,
    sessionId: session.id,
    clientId: session.clientId,
    scope: session.scope,
    authenticatedAt: session.createdAt,
    sessionEndsAt: endsAt,
  });
  return {
    refreshToken: deps.refreshTokens.issue(session),
    refreshMaxAge: Math.max(0, Math.floor((endsAt - deps.clock.now()) / 1000)),
    signedIn: {
      accessToken,
      tokenType: 'Bearer',
      expiresIn,
      scope: session.scope,
      user: toProfile(account, session.scope.split(' ')),
    },
  };
}
