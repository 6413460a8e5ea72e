import { insertAccount } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { Deps } from './deps.ts';
import { grantScope } from './grant-scope.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { requireStrongPassword } from './require-strong-password.ts';
import { startSession, type SessionStart } from './start-session.ts';

export interface Registration {
  email: string;
  password: string;
  name?: string | undefined;
  start: SessionStart;
}

/** Makes an account and signs it in. Fails with `weak_password`, `throttled`, `busy` or `conflict`. */
export async function register(
  deps: Deps,
  { email, password, name, start }: Registration,
): Promise<IssuedTokens> {
  const scope = grantScope(start.scope, { client: start.client });
  requireStrongPassword(deps, { email, password });
  deps.hasher.requireRoom();
  await deps.limits.register(start.origin.ip);
  // Hashed whether or not the address is taken, and outside the transaction: hashing is slow, writing is not.
  const hash = await deps.hasher.hash(password);
  const now = deps.clock.now();

  const outcome = await deps.db.transaction().execute(async (trx) => {
    const account = await insertAccount(trx, {
      id: uuidv7(now),
      email,
      email_verified_at: null,
      name: name ?? '',
      password_hash: hash,
      disabled_at: null,
      created_at: now,
      updated_at: now,
      scope: null,
      erase_at: null,
    });
    if (!account) return undefined;
    const started = await startSession(deps, trx, { account, scope, start, event: 'registered' });
    return { account, ...started };
  });

  if (!outcome) throw new Failure('conflict');
  outcome.afterCommit();
  const { session, account: owner, deviceToken } = outcome;
  const tokens = await issueTokens(deps, { session, account: owner, scope });
  return { ...tokens, ...(deviceToken !== undefined && { deviceToken }) };
}
