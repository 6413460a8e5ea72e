import { isOpen } from '../accounts/open.ts';
import { findAccountByEmail } from '../accounts/store.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { writeLink } from './write-letter.ts';

/**
 * Sends a link with which a new password is set. For an address without an account, or whose account nobody may sign in to, all of
 * it is done as well, down to the mail, which is then addressed to nobody: neither the answer nor its time tells which it was
 * (CWE-204, CWE-208). Fails with `throttled`.
 */
export async function forgotPassword(
  deps: Deps,
  { email, origin }: { email: string; origin: Origin },
): Promise<void> {
  await deps.limits.forgotFrom(origin.ip);
  if (deps.mailPlace === 'off') return;
  await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const mayMail = await deps.limits.mayMailReset(trx, email);
    const account = await findAccountByEmail(trx, email);
    const isUsable = account !== undefined && isOpen(account, now);
    await writeLink(deps, trx, {
      kind: 'reset_password',
      to: isUsable && mayMail ? email : '',
      link: { purpose: 'reset_password', accountId: account?.id ?? null, email },
      origin,
      now,
    });
  });
  deps.mail.wake();
}
