import { setEraseAt } from '../accounts/erasure-store.ts';
import { recordEvent } from '../audit/store.ts';
import { dropMailTokens } from '../mail-tokens/store.ts';
import { revokeSessionsOf } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import { withPassword } from './confirm-password.ts';
import type { Deps } from './deps.ts';
import { writeLetter } from './write-letter.ts';

/** Milliseconds in which the owner can think again; a thief has no other way to make sure that it is really the owner. */
const GRACE = 14 * 24 * 60 * 60_000;

const REASON = 'account_deleted';

export interface Deletion {
  password: string;
  origin: Origin;
}

/**
 * Ends every session at once, and has the account erased after fourteen days unless somebody signs in to it before. Returns when;
 * milliseconds since the epoch. Fails with `invalid_credentials`, `throttled`, `busy` or `session_revoked`.
 */
export async function deleteAccount(deps: Deps, caller: CallerSession, deletion: Deletion): Promise<number> {
  const { origin } = deletion;
  const outcome = await withPassword(deps, caller, {
    ...deletion,
    async act(trx, { id: accountId, email }) {
      const now = deps.clock.now();
      const eraseAt = now + GRACE;
      await setEraseAt(trx, { id: accountId, eraseAt, now });
      // Not the one that gives the account back to a former address: a thief must not delete his way past it.
      await dropMailTokens(trx, { accountId, purposes: ['reset_password', 'verify_email', 'change_email'] });
      const ended = await revokeSessionsOf(trx, { accountId, reason: REASON, now });
      await recordEvent(trx, { kind: 'deletion_requested', accountId, sessionId: caller.id, origin, now });
      await writeLetter(deps, trx, { kind: 'deletion_asked', to: email, eraseAt, origin, now });
      return { accountId, ended, eraseAt, now };
    },
  });
  for (const { id } of outcome.ended) deps.revocations.add({ id, at: outcome.now, reason: REASON });
  deps.changes.announce(outcome.accountId);
  deps.mail.wake();
  return outcome.eraseAt;
}
