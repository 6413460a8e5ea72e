import { findAccount, replacePasswordHash, type Account } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { Failure } from '../lib/failure.ts';
import { decideRefresh } from '../sessions/decide.ts';
import { revokeSessionsOf, rotateSession, type Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { requireLiveSession } from './require-live-session.ts';
import { requireStrongPassword } from './require-strong-password.ts';

export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
  origin: Origin;
}

/**
 * Sets a new password and ends every other session: whoever signed in with the old one is out. The caller's own goes on
 * with a new refresh token. Fails with `invalid_credentials`, `weak_password`, `throttled`, `busy` or
 * `session_revoked`. A guess at the current password counts like one at sign-in.
 */
export async function changePassword(
  deps: Deps,
  caller: CallerSession,
  { currentPassword, newPassword, origin }: PasswordChange,
): Promise<IssuedTokens> {
  const account = await findAccount(deps.db, caller.accountId);
  if (!account) throw new Failure('session_revoked');
  if (account.disabled_at !== null) throw new Failure('session_revoked', { ended: 'account_disabled' });
  requireStrongPassword(deps, { email: account.email, password: newPassword, field: 'newPassword' });
  deps.hasher.requireRoom();
  await deps.limits.signIn(origin.ip, account.email);
  const { matches } = await deps.hasher.verify(currentPassword, account.password_hash ?? undefined);
  if (!matches || account.password_hash === null) throw new Failure('invalid_credentials');
  await deps.limits.signInSucceeded(origin.ip, account.email);
  const hash = await deps.hasher.hash(newPassword);
  const session = await commit(deps, caller, { account, verified: account.password_hash, hash, origin });
  return issueTokens(deps, session, account);
}

async function commit(
  deps: Deps,
  caller: CallerSession,
  { account, verified, hash, origin }: { account: Account; verified: string; hash: string; origin: Origin },
) {
  const now = deps.clock.now();
  const { refreshGrace: grace } = deps.sessionLimits;
  const reason = 'password_changed';
  const { own, others } = await deps.db.transaction().execute(async (trx) => {
    const current = await requireLiveSession(trx, caller);
    const decision = decideRefresh(current, current.generation, { now, limits: deps.sessionLimits });
    if (decision !== 'rotate') throw new Failure('token_expired');
    // Verifying took a while: of two changes at once the second has verified what no longer holds.
    const replaced = await replacePasswordHash(trx, { id: account.id, verified, hash });
    if (!replaced) throw new Failure('invalid_credentials');
    const rotated = await rotateSession(trx, current, { now, grace, origin });
    if (!rotated) throw new Failure('session_revoked');
    const ended = await revokeSessionsOf(trx, { accountId: account.id, except: current.id, reason, now });
    await recordEvent(trx, {
      kind: 'password_changed',
      accountId: account.id,
      sessionId: current.id,
      origin,
      now,
    });
    return { own: rotated, others: ended };
  });
  for (const { id } of others) deps.revocations.add({ id, at: now, reason });
  return own;
}
