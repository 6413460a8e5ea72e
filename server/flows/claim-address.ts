import type { Transaction } from 'kysely';
import { findLookAlike } from '../accounts/look-alike-store.ts';
import { isOverdue } from '../accounts/open.ts';
import { findAccountByEmail } from '../accounts/store.ts';
import type { Schema } from '../db/schema.ts';
import { isReserved } from '../mail-tokens/store.ts';
import { eraseAccountNow } from './erase-account.ts';

interface Claim {
  /** In canonical form. */
  email: string;
  now: number;
  /** The account that is to have it; left out, a new one. */
  accountId?: string;
}

/**
 * Whether an address can be had. `taken`: it has an account. `closed`: its former owner can still have it back, or people would take it
 * for that of another account. One whose account is overdue is free, and the account is erased. Everything is looked for in any
 * case, so that the work is the same (CWE-208). In the transaction that takes the address.
 */
export async function claimAddress(
  trx: Transaction<Schema>,
  { email, now, accountId }: Claim,
): Promise<'free' | 'taken' | 'closed'> {
  const holder = await findAccountByEmail(trx, email);
  const reserved = await isReserved(trx, { email, now, except: accountId });
  const lookAlike = await findLookAlike(trx, email, { except: accountId });
  const isErased = holder && isOverdue(holder, now) && (await eraseAccountNow(trx, { id: holder.id, now }));
  if (holder && !isErased) return 'taken';
  return reserved || lookAlike ? 'closed' : 'free';
}
