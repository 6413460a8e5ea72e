import { findAccount, findAccountByEmail, replacePasswordHash, type Account } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';
import type { Deps } from './deps.ts';
import { grantScope } from './grant-scope.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { startSession, type SessionStart, type StartedSession } from './start-session.ts';

export interface SignIn {
  email: string;
  password: string;
  start: SessionStart;
}

/**
 * Fails with `invalid_credentials` whatever was wrong, after the same work: an unknown, disabled, passwordless
 * or corrupt account costs one hash computation like any other (CWE-208).
 */
export async function signIn(deps: Deps, input: SignIn): Promise<IssuedTokens> {
  const { email, start } = input;
  // Refused before any work is done; what the account itself may have is known only afterwards.
  grantScope(start.scope, { client: start.client });
  deps.hasher.requireRoom();
  await deps.limits.signIn(start.origin.ip, email);
  // A hash that was replaced while it was checked is checked again: another sign-in may merely have renewed it.
  const opened = (await openSession(deps, input)) ?? (await openSession(deps, input));
  if (!opened) throw new Failure('invalid_credentials');
  opened.afterCommit();
  await deps.limits.signInSucceeded(start.origin.ip, email);
  const { session, account, deviceToken } = opened;
  const tokens = await issueTokens(deps, { session, account, scope: session.scope, jkt: start.jkt });
  return { ...tokens, ...(deviceToken !== undefined && { deviceToken }) };
}

/** Undefined when the account changed while its password was checked: what was found out is out of date. */
async function openSession(
  deps: Deps,
  { email, password, start }: SignIn,
): Promise<(StartedSession & { account: Account }) | undefined> {
  const found = await findAccountByEmail(deps.db, email);
  const account = found?.disabled_at === null ? found : undefined;
  const { matches, rehash } = await deps.hasher.verify(password, account?.password_hash ?? undefined);
  if (!account || !matches) throw new Failure('invalid_credentials');
  const newHash = rehash ? await rehashed(deps, password) : undefined;

  return deps.db.transaction().execute(async (trx) => {
    // Verifying took a while: a password changed or an account disabled meanwhile must win.
    const current = await findAccount(trx, account.id);
    if (!current || !isUnchanged(current, account)) return undefined;
    if (newHash !== undefined && account.password_hash !== null)
      await replacePasswordHash(trx, { id: account.id, verified: account.password_hash, hash: newHash });
    const scope = grantScope(start.scope, { client: start.client, account: current });
    const started = await startSession(deps, trx, { account: current, scope, start, event: 'signed_in' });
    return { account: current, ...started };
  });
}

function isUnchanged(current: Account, verified: Account): boolean {
  return current.disabled_at === null && current.password_hash === verified.password_hash;
}

/** A full queue must not turn away someone who gave the right password: the old hash serves until next time. */
async function rehashed({ hasher }: Pick<Deps, 'hasher'>, password: string): Promise<string | undefined> {
  try {
    return await hasher.hash(password);
  } catch (error) {
    if (error instanceof Failure && error.reason === 'busy') return undefined;
    throw error;
  }
}
