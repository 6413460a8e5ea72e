import { findAccount } from '../accounts/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens } from '../mail-tokens/store.ts';
import type { Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { requireLiveSession } from './require-live-session.ts';
import { writeLink } from './write-letter.ts';

/** Sends the caller's own address a link that confirms it. One that is confirmed gets none; too many are not sent, and nothing is said. */
export async function sendVerification(deps: Deps, caller: CallerSession, origin: Origin): Promise<void> {
  await deps.limits.forgotFrom(origin.ip);
  if (deps.mailPlace === 'off') return;
  const { email } = (await findAccount(deps.db, caller.accountId)) ?? {};
  if (email === undefined) throw new Failure('session_revoked');
  await inTransaction(deps.db, async (trx) => {
    await requireLiveSession(trx, caller);
    const mayMail = await deps.limits.mayMailAddress(trx, email);
    const now = deps.clock.now();
    const account = await findAccount(trx, caller.accountId);
    if (!mayMail || !account || account.email !== email || account.email_verified_at !== null) return;
    await dropMailTokens(trx, { accountId: account.id, purposes: ['verify_email'] });
    const link = { purpose: 'verify_email', accountId: account.id, email } as const;
    await writeLink(deps, trx, { kind: 'verify_email', to: email, link, origin, now });
  });
  deps.mail.wake();
}
