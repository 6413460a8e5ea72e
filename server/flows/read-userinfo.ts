import type { Userinfo } from '../../shared/oauth.ts';
import { findAccount } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

/** The account as it is now, not as it was when the token was made. */
export async function readUserinfo({ db }: Pick<Deps, 'db'>, session: CallerSession): Promise<Userinfo> {
  const account = await findAccount(db, session.accountId);
  if (!account) throw new Failure('session_revoked');
  if (account.disabled_at !== null) throw new Failure('session_revoked', { ended: 'account_disabled' });
  return {
    sub: account.id,
    email: account.email,
    email_verified: account.email_verified_at !== null,
    name: account.name,
    updated_at: Math.floor(account.updated_at / 1000),
  };
}
