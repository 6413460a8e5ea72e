import { inTransaction } from '../db/transaction.ts';
import { registrationSchema } from '../mail-tokens/store.ts';
import { claimAddress } from './claim-address.ts';
import type { Deps } from './deps.ts';
import { identifyDevice } from './identify-device.ts';
import { requireStrongPassword } from './require-strong-password.ts';
import type { SessionStart } from './start-session.ts';
import { writeLink } from './write-letter.ts';

export interface Application {
  email: string;
  password: string;
  name?: string | undefined;
  start: Pick<SessionStart, 'origin' | 'deviceToken'>;
}

/**
 * Registration where mail is configured. No account is made yet: what was asked for waits in the link that its address is
 * sent, with the password that belongs to it. So nobody can plant a password on an address that is not theirs and wait for
 * its owner (better-auth GHSA-qq9h-g4jm-xgf3), and a sign-in before the confirmation cannot tell whether the address was free.
 *
 * Returns what the browser keeps, so that its first sign-in is no news to the owner. An address that has an account gets a mail
 * that says so, and the caller the same answer after the same work. Fails with `weak_password`, `throttled` or `busy`.
 */
export async function applyForAccount(
  deps: Deps,
  { email, password, name = '', start }: Application,
): Promise<{ deviceToken: string | undefined }> {
  const { origin } = start;
  await requireStrongPassword(deps, { email, name, password, address: origin.ip });
  deps.hasher.requireRoom();
  await deps.limits.register(origin.ip);
  const passwordHash = await deps.hasher.hash(password);
  const { hash: deviceHash, token: deviceToken } = identifyDevice(start);
  const payload = JSON.stringify(registrationSchema.parse({ name, passwordHash, deviceHash }));

  await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const mayMail = await deps.limits.mayMailAddress(trx, email);
    const claim = await claimAddress(trx, { email, now });
    await writeLink(deps, trx, {
      kind: claim === 'taken' ? 'account_exists' : 'confirm_registration',
      to: mayMail && claim !== 'closed' ? email : '',
      link: { purpose: 'register', accountId: null, email, payload },
      origin,
      now,
    });
  });
  deps.mail.wake();
  return { deviceToken };
}
