import type { Transaction } from 'kysely';
import { moveAccount } from '../accounts/address-store.ts';
import { setEraseAt } from '../accounts/erasure-store.ts';
import { isOverdue } from '../accounts/open.ts';
import { findAccount, setPasswordHash } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens, dropWaysBack, redeemMailToken } from '../mail-tokens/store.ts';
import { revokeSessionsOf } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { writeLink } from './write-letter.ts';

const REASON = 'email_restored';

/**
 * The link at the old address. While the change waits to be confirmed it is called off. Once it was done, whoever did it knew the
 * password and may have a session: the address is given back, every session ends, the password is worth nothing any more, a deletion
 * is called off, and the address is sent a link to set a new one. Fails with `token_invalid`, `conflict` when somebody else has the address by
 * now, or `throttled`.
 */
export async function revertEmailChange(
  deps: Deps,
  { token, origin }: { token: string; origin: Origin },
): Promise<'cancelled' | 'restored'> {
  await deps.limits.mailTokenFrom(origin.ip);
  // Without mail nobody could set the new password that is needed then. The link stays good.
  if (deps.mailPlace === 'off') throw new Failure('token_invalid');
  const outcome = await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const link = await redeemMailToken(trx, { token, purpose: 'revert_email', now });
    const account = link?.accountId ? await findAccount(trx, link.accountId) : undefined;
    if (!link || !account || isOverdue(account, now)) return 'token_invalid';
    const subject = { accountId: account.id, email: link.email, createdAt: link.createdAt, now };
    return account.email === link.email ? cancel(trx, subject) : restore(trx, subject);
  });
  if (typeof outcome === 'string') throw new Failure(outcome);
  for (const { id } of outcome.ended) deps.revocations.add({ id, at: outcome.now, reason: REASON });
  deps.changes.announce(outcome.accountId);
  deps.mail.wake();
  return outcome.kind;

  async function cancel(trx: Transaction<Schema>, subject: Subject) {
    const { accountId, now } = subject;
    await dropMailTokens(trx, { accountId, purposes: ['change_email'] });
    await dropWaysBack(trx, subject);
    await recordEvent(trx, { kind: 'email_change_cancelled', accountId, sessionId: undefined, origin, now });
    return { kind: 'cancelled', accountId, ended: [], now } as const;
  }

  async function restore(trx: Transaction<Schema>, subject: Subject) {
    const { accountId, email, now } = subject;
    if (!(await moveAccount(trx, { id: accountId, email, now }))) return 'conflict';
    await setPasswordHash(trx, { id: accountId, hash: null, now });
    await setEraseAt(trx, { id: accountId, eraseAt: null, now });
    await dropMailTokens(trx, { accountId, purposes: ['reset_password', 'verify_email', 'change_email'] });
    await dropWaysBack(trx, subject);
    const ended = await revokeSessionsOf(trx, { accountId, reason: REASON, now });
    await recordEvent(trx, { kind: REASON, accountId, sessionId: undefined, origin, now });
    const link = { purpose: 'reset_password', accountId, email } as const;
    await writeLink(deps, trx, { kind: 'reset_password', to: email, link, origin, now });
    return { kind: 'restored', accountId, ended, now } as const;
  }
}

interface Subject {
  accountId: string;
  /** The one that the link was sent to. */
  email: string;
  /** When that was. */
  createdAt: number;
  now: number;
}
