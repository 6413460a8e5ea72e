import type { Transaction } from 'kysely';
import type { Account } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens, EARLY_REVERT_LIFE, emailChangeSchema } from '../mail-tokens/store.ts';
import type { Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import { claimAddress } from './claim-address.ts';
import { requireOpenAccount, withPassword } from './confirm-password.ts';
import type { Deps } from './deps.ts';
import { writeLetter, writeLink } from './write-letter.ts';

export interface EmailChange {
  /** In canonical form. */
  email: string;
  password: string;
  origin: Origin;
}

/**
 * Asks for another address. Nothing is changed before the new one has been shown to be the person's: a typing error must not hand the
 * account to a stranger (better-auth #7196). The old address is told, with a link that stops it. An address that has an account gets
 * a mail that says so, and the caller the same answer. Fails with `invalid_credentials`, `validation`, `throttled`, `busy` or
 * `session_revoked`.
 */
export async function changeEmail(
  deps: Deps,
  caller: CallerSession,
  { email, password, origin }: EmailChange,
): Promise<void> {
  if (deps.mailPlace === 'off')
    throw refused('no_mail', 'This site sends no mail, so no address can be confirmed.');
  const { email: current } = await requireOpenAccount(deps, caller);
  if (current === email) throw refused('same', 'This is your address already.');
  await deps.limits.forgotFrom(origin.ip);
  const isAsked = await withPassword(deps, caller, {
    password,
    origin,
    async act(trx, account) {
      if (!(await deps.limits.mayChangeEmail(trx, account.id))) return false;
      const now = deps.clock.now();
      await askNewAddress(deps, trx, { account, email, origin, now });
      await tellOldAddress(deps, trx, { account, email, origin, now });
      const { id: accountId } = account;
      await recordEvent(trx, {
        kind: 'email_change_requested',
        accountId,
        sessionId: caller.id,
        origin,
        now,
      });
      return true;
    },
  });
  if (!isAsked) throw new Failure('throttled', { retryAfter: 60 * 60 });
  deps.mail.wake();
}

interface Wish {
  account: Account;
  email: string;
  origin: Origin;
  now: number;
}

async function askNewAddress(
  deps: Deps,
  trx: Transaction<Schema>,
  { account, email, origin, now }: Wish,
): Promise<void> {
  const { id: accountId, email: from } = account;
  await dropMailTokens(trx, { accountId, purposes: ['change_email'] });
  const mayMail = await deps.limits.mayMailAddress(trx, email);
  const claim = await claimAddress(trx, { email, now, accountId });
  const payload = JSON.stringify(emailChangeSchema.parse({ from }));
  await writeLink(deps, trx, {
    kind: claim === 'taken' ? 'address_taken' : 'confirm_change',
    to: mayMail && claim !== 'closed' ? email : '',
    link: { purpose: 'change_email', accountId, email, payload },
    origin,
    now,
  });
}

/**
 * With a way to stop it, and to take the account back once it is done. Not where nobody has ever shown to read mail there: the owner may
 * be mending a typing error, and whoever reads it would be given the account.
 */
async function tellOldAddress(
  deps: Deps,
  trx: Transaction<Schema>,
  { account, email: newEmail, origin, now }: Wish,
): Promise<void> {
  const { id: accountId, email } = account;
  const letter = { to: email, newEmail, origin, now };
  if (account.email_verified_at === null) {
    await writeLetter(deps, trx, { kind: 'change_asked_unconfirmed', ...letter });
  } else {
    const link = { purpose: 'revert_email', accountId, email, life: EARLY_REVERT_LIFE } as const;
    await writeLink(deps, trx, { kind: 'change_asked', link, ...letter });
  }
}

function refused(code: string, message: string): Failure {
  return new Failure('validation', { issues: [{ path: ['email'], code, message }] });
}
