import type { Profile } from '../../shared/account.ts';
import { toProfile } from '../accounts/profile.ts';
import { findProfileRow } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

/** The account as it is now, not as it was when the token was made. */
export async function readProfile({ db }: Pick<Deps, 'db'>, session: CallerSession): Promise<Profile> {
  const account = await findProfileRow(db, session.accountId);
  if (!account) throw new Failure('session_revoked');
  if (account.disabled_at !== null) throw new Failure('session_revoked', { ended: 'account_disabled' });
  return toProfile(account, session.scopes);
}
