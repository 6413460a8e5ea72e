import type { Transaction } from 'kysely';
import { grantScopes } from '../../shared/scopes.ts';
import type { Schema } from '../db/schema.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import { insertSession, revokeSession, type Origin, type Session } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { findPresentedSession } from './find-presented-session.ts';

/** The client of this project's own pages (RFC 6749 §2.1: public). */
const FIRST_PARTY_CLIENT = 'sallyport';

export interface SessionStart {
  scope?: string | undefined;
  origin: Origin;
  /** The refresh token that the same browser held until now, if any. */
  previousToken?: string | undefined;
}

/** Everything that one sign-in writes; what must happen after the commit is in `afterCommit`. */
export interface StartedSession {
  session: Session;
  afterCommit(): void;
}

/** Refused before any work is done: a token that may do nothing helps nobody. */
export function requireScope(requested: string | undefined): string {
  const granted = grantScopes(requested);
  if (granted.length > 0) return granted.join(' ');
  const issue = { path: ['scope'], code: 'unknown_scope', message: 'None of these scopes exists.' };
  throw new Failure('validation', { issues: [issue] });
}

/**
 * A new session with a new id (no fixation), inside the caller's transaction. The browser's previous session
 * ends with it: its cookie is overwritten, so nobody could end it later.
 */
export async function startSession(
  deps: Pick<Deps, 'clock' | 'refreshTokens' | 'revocations'>,
  trx: Transaction<Schema>,
  { accountId, scope, start }: { accountId: string; scope: string; start: SessionStart },
): Promise<StartedSession> {
  const now = deps.clock.now();
  const replaced = await endPreviousSession(deps, trx, start.previousToken);
  const session = await insertSession(trx, {
    id: uuidv7(now),
    accountId,
    clientId: FIRST_PARTY_CLIENT,
    scope,
    nonce: randomBytes(32),
    now,
    origin: start.origin,
  });
  return { session, afterCommit: () => replaced && deps.revocations.add(replaced, now) };
}

async function endPreviousSession(
  deps: Pick<Deps, 'clock' | 'refreshTokens'>,
  trx: Transaction<Schema>,
  token: string | undefined,
): Promise<string | undefined> {
  const presented = await findPresentedSession(trx, deps, token);
  if (!presented) return undefined;
  const { id } = presented.session;
  return (await revokeSession(trx, { id, reason: 'replaced', now: deps.clock.now() })) ? id : undefined;
}
