import { setDisabled } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { revokeSessionsOf } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

type SwitchDeps = Pick<Deps, 'db' | 'clock' | 'revocations'>;

interface Switch {
  /** In canonical form. */
  email: string;
  origin: Origin;
}

/**
 * Shuts an account: nobody signs in to it, and every session of it ends at once. Returns how many did; undefined when
 * there is no such account.
 */
export async function disableAccount(
  { db, clock, revocations }: SwitchDeps,
  { email, origin }: Switch,
): Promise<number | undefined> {
  const reason = 'account_disabled';
  const outcome = await inTransaction(db, async (trx) => {
    const now = clock.now();
    const account = await setDisabled(trx, { email, disabled: true, now });
    if (!account) return undefined;
    const sessions = await revokeSessionsOf(trx, { accountId: account.id, reason, now });
    await recordEvent(trx, { kind: reason, accountId: account.id, sessionId: undefined, origin, now });
    return { sessions, now };
  });
  if (!outcome) return undefined;
  for (const { id } of outcome.sessions) revocations.add({ id, at: outcome.now, reason });
  return outcome.sessions.length;
}

/** Opens it again. Sessions that have ended stay ended. False when there is no such account. */
export async function enableAccount({ db, clock }: SwitchDeps, { email, origin }: Switch): Promise<boolean> {
  const now = clock.now();
  return inTransaction(db, async (trx) => {
    const account = await setDisabled(trx, { email, disabled: false, now });
    if (!account) return false;
    await recordEvent(trx, {
      kind: 'account_enabled',
      accountId: account.id,
      sessionId: undefined,
      origin,
      now,
    });
    return true;
  });
}
