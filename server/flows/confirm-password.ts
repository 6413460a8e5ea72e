import type { Transaction } from 'kysely';
import { findAccount, type Account } from '../accounts/store.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import type { Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import { beginOwnGuess } from './begin-own-guess.ts';
import type { Deps } from './deps.ts';
import { requireLiveSession } from './require-live-session.ts';

interface Confirmation {
  password: string;
  origin: Origin;
}

/** Fails with `session_revoked` when the account is gone or shut. */
export async function requireOpenAccount({ db }: Pick<Deps, 'db'>, caller: CallerSession): Promise<Account> {
  const account = await findAccount(db, caller.accountId);
  if (!account) throw new Failure('session_revoked');
  if (account.disabled_at !== null) throw new Failure('session_revoked', { ended: 'account_disabled' });
  return account;
}

/**
 * For what a session alone must not be enough for, since it may be somebody else who sits down at an open page. A guess here
 * counts like one at sign-in. Fails with `invalid_credentials`, `throttled`, `busy` or `session_revoked`.
 */
async function confirmPassword(
  deps: Deps,
  caller: CallerSession,
  { password, origin }: Confirmation,
): Promise<Account> {
  const account = await requireOpenAccount(deps, caller);
  deps.hasher.requireRoom();
  const guess = await beginOwnGuess(deps, { caller, email: account.email, address: origin.ip });
  const { matches } = await deps.hasher.verify(password, account.password_hash ?? undefined);
  if (!matches) throw new Failure('invalid_credentials');
  // Of its own: what it is for may still be refused, and the password was right all the same.
  await inTransaction(deps.db, (trx) => guess.succeeded(trx));
  return account;
}

/**
 * Does something, in a transaction, for whoever has just shown the password of the account that it is done to. A hash that was replaced
 * while it was checked is checked again: a sign-in may merely have renewed it. Fails as `confirmPassword` does.
 */
export async function withPassword<Outcome>(
  deps: Deps,
  caller: CallerSession,
  {
    act,
    ...confirmation
  }: Confirmation & {
    act: (trx: Transaction<Schema>, account: Account) => Promise<Outcome>;
  },
): Promise<Outcome> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const verified = await confirmPassword(deps, caller, confirmation);
    const outcome = await inTransaction(deps.db, async (trx) => {
      const account = await recheckAccount(trx, caller, verified);
      return account && { of: await act(trx, account) };
    });
    if (outcome) return outcome.of;
  }
  throw new Failure('invalid_credentials');
}

/** Undefined when its password or address was changed while the password was checked: what was shown is out of date. */
async function recheckAccount(
  trx: Transaction<Schema>,
  caller: CallerSession,
  verified: Account,
): Promise<Account | undefined> {
  await requireLiveSession(trx, caller);
  const account = await findAccount(trx, verified.id);
  const isSame =
    account?.disabled_at === null &&
    account.password_hash === verified.password_hash &&
    account.email === verified.email;
  return isSame ? account : undefined;
}
