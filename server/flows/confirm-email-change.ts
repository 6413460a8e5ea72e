import { moveAccount } from '../accounts/address-store.ts';
import { isOpen } from '../accounts/open.ts';
import { findAccount } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens, emailChangeSchema, redeemMailToken } from '../mail-tokens/store.ts';
import type { Origin } from '../sessions/store.ts';
import { claimAddress } from './claim-address.ts';
import type { Deps } from './deps.ts';
import { writeLink } from './write-letter.ts';

/**
 * The new address has been shown to be read by whoever asked for it: it is the account's from now on. The old one is told, and can take
 * the account back for seven days. Fails with `token_invalid`, `conflict` when the address has got an account since, or `throttled`.
 */
export async function confirmEmailChange(
  deps: Deps,
  { token, origin }: { token: string; origin: Origin },
): Promise<void> {
  await deps.limits.mailTokenFrom(origin.ip);
  const outcome = await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const link = await redeemMailToken(trx, { token, purpose: 'change_email', now });
    const account = link?.accountId ? await findAccount(trx, link.accountId) : undefined;
    const { from } = emailChangeSchema.parse(JSON.parse(link?.payload ?? '{"from":""}'));
    // Changed otherwise since it was asked for.
    if (!link || !account || !isOpen(account, now) || account.email !== from) return 'token_invalid';
    const { email } = link;
    const accountId = account.id;
    if ((await claimAddress(trx, { email, now, accountId })) !== 'free') return 'conflict';
    if (!(await moveAccount(trx, { id: accountId, email, now }))) return 'conflict';
    // They were for the old address.
    await dropMailTokens(trx, { accountId, purposes: ['reset_password', 'verify_email', 'change_email'] });
    await recordEvent(trx, { kind: 'email_changed', accountId, sessionId: undefined, origin, now });
    // Whose the old one was, nobody had shown: it gets no way to take the account.
    if (account.email_verified_at === null) return { accountId };
    const revert = { purpose: 'revert_email', accountId, email: from } as const;
    await writeLink(deps, trx, {
      kind: 'email_changed',
      to: from,
      link: revert,
      newEmail: email,
      origin,
      now,
    });
    return { accountId };
  });
  if (typeof outcome === 'string') throw new Failure(outcome);
  deps.changes.announce(outcome.accountId);
  deps.mail.wake();
}
