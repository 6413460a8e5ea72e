import type { Transaction } from 'kysely';
import { findAccount, findAccountByEmail, replacePasswordHash, type Account } from '../accounts/store.ts';
import { setEraseAt } from '../accounts/erasure-store.ts';
import { isOpen } from '../accounts/open.ts';
import { recordEvent } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import type { Session } from '../sessions/store.ts';
import type { Guess } from '../throttle/guesses.ts';
import type { Deps } from './deps.ts';
import { grantScope } from './grant-scope.ts';
import { heldDevice } from './identify-device.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { reportSignIn } from './report.ts';
import { startSession, type SessionStart, type StartedSession } from './start-session.ts';
import { writeLetter } from './write-letter.ts';

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
  return reportSignIn(deps, () => openAndIssue(deps, input));
}

async function openAndIssue(deps: Deps, input: SignIn): Promise<IssuedTokens> {
  const { email, start } = input;
  // Refused before any work is done; what the account itself may have is known only afterwards.
  grantScope(start.scope, { client: start.client });
  deps.hasher.requireRoom();
  const guess = await deps.limits.beginGuess({
    address: start.origin.ip,
    email,
    deviceHash: heldDevice(start),
  });
  // A hash that was replaced while it was checked is checked again: another sign-in may merely have renewed it.
  const opened = (await openSession(deps, input, guess)) ?? (await openSession(deps, input, guess));
  if (!opened) throw new Failure('invalid_credentials');
  if (opened instanceof Failure) throw opened;
  opened.afterCommit();
  if (opened.isKept) deps.mail.wake();
  const { session, account, deviceToken } = opened;
  const tokens = await issueTokens(deps, { session, account, scope: session.scope, jkt: start.jkt });
  return {
    ...tokens,
    ...(deviceToken !== undefined && { deviceToken }),
    ...(opened.isKept && { deletionCancelled: true }),
  };
}

/** Undefined when the account changed while its password was checked: what was found out is out of date. */
async function openSession(
  deps: Deps,
  { email, password, start }: SignIn,
  guess: Guess,
): Promise<(StartedSession & { account: Account; isKept: boolean }) | Failure | undefined> {
  const found = await findAccountByEmail(deps.db, email);
  const account = found && isOpen(found, deps.clock.now()) ? found : undefined;
  const { matches, rehash } = await deps.hasher.verify(password, account?.password_hash ?? undefined);
  if (!account || !matches) throw new Failure('invalid_credentials');
  const newHash = rehash ? await rehashed(deps, password) : undefined;

  return inTransaction(deps.db, async (trx) => {
    // Verifying took a while: a password changed or an account disabled meanwhile must win.
    const current = await findAccount(trx, account.id);
    const now = deps.clock.now();
    if (!current || !isOpen(current, now) || current.password_hash !== account.password_hash)
      return undefined;
    await guess.succeeded(trx);
    if (newHash !== undefined && account.password_hash !== null)
      await replacePasswordHash(trx, { id: account.id, verified: account.password_hash, hash: newHash });
    const scope = tryToGrant(start, current);
    // After the commit: the password was right, so the guess is given back whatever becomes of it.
    if (scope instanceof Failure) return scope;
    const started = await startSession(deps, trx, { account: current, scope, start, event: 'signed_in' });
    const isKept = current.erase_at !== null;
    if (isKept) await keepAccount(deps, trx, { account: current, session: started.session, now });
    return { account: current, ...started, isKept };
  });
}

/** What the account's own ceiling leaves, or why it leaves nothing. */
function tryToGrant({ scope, client }: SessionStart, account: Account): string | Failure {
  try {
    return grantScope(scope, { client, account });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Whoever signs in to an account that is to be erased wants it after all. */
async function keepAccount(
  deps: Deps,
  trx: Transaction<Schema>,
  { account, session, now }: { account: Account; session: Session; now: number },
): Promise<void> {
  const { id: accountId, email } = account;
  await setEraseAt(trx, { id: accountId, eraseAt: null, now });
  await recordEvent(trx, {
    kind: 'deletion_cancelled',
    accountId,
    sessionId: session.id,
    origin: session,
    now,
  });
  await writeLetter(deps, trx, { kind: 'deletion_cancelled', to: email, origin: session, now });
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
