import type { Ceiling } from '../../shared/scopes.ts';
import { setCeiling } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

export interface Bound {
  /** In canonical form. */
  email: string;
  /** Undefined: no bound of its own. */
  ceiling: Ceiling;
  origin: Origin;
}

/**
 * The most that any token of the account holds. Tokens that are out keep what they have until they expire; the next
 * refresh gives no more than this. False when there is no such account.
 */
export async function boundAccount(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { email, ceiling, origin }: Bound,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const now = clock.now();
    const account = await setCeiling(trx, { email, scope: ceiling?.join(' ') ?? null, now });
    if (!account) return false;
    await recordEvent(trx, {
      kind: 'scope_changed',
      accountId: account.id,
      sessionId: undefined,
      origin,
      now,
    });
    return true;
  });
}
