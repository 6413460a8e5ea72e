import { insertAccount } from '../accounts/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import { applyForAccount } from './apply-for-account.ts';
import { claimAddress } from './claim-address.ts';
import type { Deps } from './deps.ts';
import { grantScope } from './grant-scope.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { requireStrongPassword } from './require-strong-password.ts';
import { startSession, type SessionStart } from './start-session.ts';
import { writeLink } from './write-letter.ts';

export interface Registration {
  email: string;
  password: string;
  name?: string | undefined;
  start: SessionStart;
}

/**
 * Makes an account and signs it in. Where mail is sent, the account has to wait until its address is confirmed: no tokens then,
 * see apply-for-account.ts. Fails with `weak_password`, `throttled`, `busy` or, without mail, `conflict`.
 */
export async function register(
  deps: Deps,
  registration: Registration,
): Promise<{ tokens: IssuedTokens } | { deviceToken: string | undefined }> {
  if (deps.mailPlace === 'sent') return applyForAccount(deps, registration);
  return { tokens: await registerAtOnce(deps, registration) };
}

async function registerAtOnce(
  deps: Deps,
  { email, password, name, start }: Registration,
): Promise<IssuedTokens> {
  const scope = grantScope(start.scope, { client: start.client });
  await requireStrongPassword(deps, { email, name: name ?? '', password, address: start.origin.ip });
  deps.hasher.requireRoom();
  await deps.limits.register(start.origin.ip);
  // Hashed whether or not the address is taken, and outside the transaction: hashing is slow, writing is not.
  const hash = await deps.hasher.hash(password);

  const outcome = await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    if ((await claimAddress(trx, { email, now })) !== 'free') return undefined;
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
    if (deps.mailPlace === 'local') {
      const link = { purpose: 'verify_email', accountId: account.id, email } as const;
      await writeLink(deps, trx, { kind: 'verify_email', to: email, link, origin: start.origin, now });
    }
    const started = await startSession(deps, trx, { account, scope, start, event: 'registered' });
    return { account, ...started };
  });

  if (!outcome) throw new Failure('conflict');
  outcome.afterCommit();
  deps.mail.wake();
  const { session, account: owner, deviceToken } = outcome;
  const tokens = await issueTokens(deps, { session, account: owner, scope });
  return { ...tokens, ...(deviceToken !== undefined && { deviceToken }) };
}
