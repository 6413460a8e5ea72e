import { replacePasswordHash } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { forgetOtherDevices } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens } from '../mail-tokens/store.ts';
import { decideRefresh } from '../sessions/decide.ts';
import { revokeSessionsOf } from '../sessions/revocation-store.ts';
import { rotateSession, type Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import { beginOwnGuess } from './begin-own-guess.ts';
import { requireOpenAccount } from './confirm-password.ts';
import type { Deps } from './deps.ts';
import { narrowScope } from './grant-scope.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { requireLiveSession } from './require-live-session.ts';
import { requireStrongPassword } from './require-strong-password.ts';
import { writeLetter } from './write-letter.ts';

const REASON = 'password_changed';

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
  change: PasswordChange,
): Promise<IssuedTokens> {
  // A hash that was replaced while it was checked is checked again: a sign-in may merely have renewed it.
  const changed = (await tryToChange(deps, caller, change)) ?? (await tryToChange(deps, caller, change));
  if (!changed) throw new Failure('invalid_credentials');
  for (const { id } of changed.ended) deps.revocations.add({ id, at: changed.now, reason: REASON });
  deps.mail.wake();
  const { own, account, scope } = changed;
  // What the caller held, and no more: as narrow as its token was, and bound to the same key.
  return issueTokens(deps, { session: own, account, scope, jkt: own.dpopJkt ?? undefined });
}

/** Undefined when the password was changed or its hash renewed while it was checked. */
async function tryToChange(
  deps: Deps,
  caller: CallerSession,
  { currentPassword, newPassword, origin }: PasswordChange,
) {
  const account = await requireOpenAccount(deps, caller);
  // Before anything is changed: a ceiling that leaves nothing must not be found out afterwards.
  const scope = narrowScope(caller.scopes.join(' '), undefined, { client: undefined, account });
  const { email, name } = account;
  const address = origin.ip;
  await requireStrongPassword(deps, { email, name, password: newPassword, address, field: 'newPassword' });
  deps.hasher.requireRoom();
  const guess = await beginOwnGuess(deps, { caller, email, address });
  const { id: accountId, password_hash: verified } = account;
  const { matches } = await deps.hasher.verify(currentPassword, verified ?? undefined);
  if (!matches || verified === null) throw new Failure('invalid_credentials');
  const hash = await deps.hasher.hash(newPassword);

  return inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const { refreshGrace: grace } = deps.sessionLimits;
    const current = await requireLiveSession(trx, caller);
    const decision = decideRefresh(current, current.generation, { now, limits: deps.sessionLimits });
    if (decision !== 'rotate') throw new Failure('token_expired');
    // Also when the hash was replaced meanwhile: the guess was right, and the next one is counted anew.
    await guess.succeeded(trx);
    if (!(await replacePasswordHash(trx, { id: accountId, verified, hash }))) return undefined;
    const own = await rotateSession(trx, current, { now, grace, origin });
    if (!own) throw new Failure('session_revoked');
    const ended = await revokeSessionsOf(trx, { accountId, except: own.id, reason: REASON, now });
    await forgetOtherDevices(trx, { accountId, keep: own.deviceHash });
    await dropMailTokens(trx, { accountId, purposes: ['reset_password', 'change_email'] });
    await recordEvent(trx, { kind: REASON, accountId, sessionId: own.id, origin, now });
    await writeLetter(deps, trx, { kind: 'password_changed', to: account.email, origin, now });
    return { account, own, scope, ended, now };
  });
}
