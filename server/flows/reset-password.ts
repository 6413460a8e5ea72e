import { markVerified } from '../accounts/address-store.ts';
import { isOpen } from '../accounts/open.ts';
import { findAccount, setPasswordHash, type Account } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { forgetOtherDevices } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens, peekMailToken, redeemMailToken } from '../mail-tokens/store.ts';
import { revokeSessionsOf } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { requireStrongPassword } from './require-strong-password.ts';
import { writeLetter } from './write-letter.ts';

const REASON = 'password_reset';

export interface PasswordReset {
  token: string;
  password: string;
  origin: Origin;
}

/**
 * Sets a new password for whoever reads the account's mail. Everything that was opened with the old one is over: sessions, known
 * devices, other links (Strapi CVE-2026-22706). A password that somebody had planted on an address that was not theirs goes with
 * it, and the address is verified. Signs nobody in. Fails with `token_invalid`, `weak_password` (the link stays good),
 * `throttled` or `busy`.
 */
export async function resetPassword(deps: Deps, { token, password, origin }: PasswordReset): Promise<void> {
  await deps.limits.mailTokenFrom(origin.ip);
  const account = await findSubject(deps, token);
  if (!account) throw new Failure('token_invalid');
  const { email, name } = account;
  await requireStrongPassword(deps, { email, name, password, address: origin.ip });
  deps.hasher.requireRoom();
  const hash = await deps.hasher.hash(password);

  const outcome = await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const link = await redeemMailToken(trx, { token, purpose: 'reset_password', now });
    const accountId = link?.accountId;
    if (!link || !accountId) return undefined;
    const current = await markVerified(trx, { id: accountId, email: link.email, now });
    if (!current || !isOpen(current, now)) return undefined;
    await setPasswordHash(trx, { id: accountId, hash, now });
    await dropMailTokens(trx, { accountId, purposes: ['reset_password', 'verify_email', 'change_email'] });
    const ended = await revokeSessionsOf(trx, { accountId, reason: REASON, now });
    await forgetOtherDevices(trx, { accountId, keep: null });
    await deps.limits.forgive(trx, link.email, origin.ip);
    await recordEvent(trx, { kind: REASON, accountId, sessionId: undefined, origin, now });
    await writeLetter(deps, trx, { kind: 'password_changed', to: link.email, origin, now });
    return { accountId, ended, now };
  });
  if (!outcome) throw new Failure('token_invalid');
  for (const { id } of outcome.ended) deps.revocations.add({ id, at: outcome.now, reason: REASON });
  deps.changes.announce(outcome.accountId);
  deps.mail.wake();
}

/** Whose password the link would set. Before the slow work, which is not done for whoever has no link. */
async function findSubject({ db, clock }: Deps, token: string): Promise<Account | undefined> {
  const now = clock.now();
  const link = await peekMailToken(db, { token, purpose: 'reset_password', now });
  if (!link || link.accountId === null) return undefined;
  const account = await findAccount(db, link.accountId);
  return account && isOpen(account, now) && account.email === link.email ? account : undefined;
}
