import { findLookAlike } from '../accounts/look-alike-store.ts';
import { findAccountByEmail } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import { Failure } from '../lib/failure.ts';
import { dropMailTokens, EARLY_REVERT_LIFE, emailChangeSchema, isReserved } from '../mail-tokens/store.ts';
import type { Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import { confirmPassword, recheckAccount } from './confirm-password.ts';
import type { Deps } from './deps.ts';
import { writeLink } from './write-letter.ts';

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
  const verified = await confirmPassword(deps, caller, { password, origin });
  if (verified.email === email) throw refused('same', 'This is your address already.');

  const isAsked = await deps.db.transaction().execute(async (trx) => {
    const now = deps.clock.now();
    const account = await recheckAccount(trx, caller, verified);
    if (!account) return false;
    const mayMail = await deps.limits.mayMailAddress(trx, email);
    const { id: accountId, email: oldEmail } = account;
    await dropMailTokens(trx, { accountId, purposes: ['change_email'] });
    const isTaken = (await findAccountByEmail(trx, email)) !== undefined;
    const isClosed =
      (await isReserved(trx, { email, now, except: accountId })) ||
      (await findLookAlike(trx, email, { except: accountId })) !== undefined;
    const payload = JSON.stringify(emailChangeSchema.parse({ from: oldEmail }));
    await writeLink(deps, trx, {
      kind: isTaken ? 'address_taken' : 'confirm_change',
      to: mayMail && (isTaken || !isClosed) ? email : '',
      link: { purpose: 'change_email', accountId, email, payload },
      origin,
      now,
    });
    const revert = { purpose: 'revert_email', accountId, email: oldEmail, life: EARLY_REVERT_LIFE } as const;
    await writeLink(deps, trx, {
      kind: 'change_asked',
      to: oldEmail,
      link: revert,
      newEmail: email,
      origin,
      now,
    });
    await recordEvent(trx, { kind: 'email_change_requested', accountId, sessionId: caller.id, origin, now });
    return true;
  });
  if (!isAsked) throw new Failure('invalid_credentials');
  deps.mail.wake();
}

function refused(code: string, message: string): Failure {
  return new Failure('validation', { issues: [{ path: ['email'], code, message }] });
}
