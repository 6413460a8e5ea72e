import type { Profile } from '../../shared/account.ts';
import { toProfile } from '../accounts/profile.ts';
import { updateName } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

/** The account is the session's own: no identifier is taken from the caller (better-auth CVE-2025-61928). */
export async function updateProfile(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  session: CallerSession,
  { name }: { name: string },
): Promise<Profile> {
  const account = await updateName(db, { id: session.accountId, name, now: clock.now() });
  if (!account) throw new Failure('session_revoked');
  return toProfile(account, session.scopes);
}
