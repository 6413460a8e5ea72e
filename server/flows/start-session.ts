import type { Transaction } from 'kysely';
import { grantScopes } from '../../shared/scopes.ts';
import type { Account } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { hashDeviceToken, keepDeviceToken } from '../devices/device-token.ts';
import { meetDevice } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import { insertSession, type Origin, type Session } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { endSession } from './end-session.ts';
import { findPresentedSession } from './find-presented-session.ts';
import { tellOwner } from './tell-owner.ts';

/** The client of this project's own pages (RFC 6749 §2.1: public). */
const FIRST_PARTY_CLIENT = 'sallyport';

export interface SessionStart {
  scope?: string | undefined;
  origin: Origin;
  /** The refresh token that the same browser held until now, if any. */
  previousToken?: string | undefined;
  /** What the browser was given at an earlier sign-in, if it was. */
  deviceToken?: string | undefined;
}

/** Everything that one sign-in writes; what must happen after the commit is in `afterCommit`. */
export interface StartedSession {
  session: Session;
  /** For the browser to keep: with it the next sign-in is no news to the owner. */
  deviceToken: string;
  afterCommit(): void;
}

/** Refused before any work is done: a token that may do nothing helps nobody. */
export function requireScope(requested: string | undefined): string {
  const granted = grantScopes(requested);
  if (granted.length > 0) return granted.join(' ');
  const issue = { path: ['scope'], code: 'unknown_scope', message: 'None of these scopes exists.' };
  throw new Failure('validation', { issues: [issue] });
}

interface Beginning {
  account: Account;
  scope: string;
  start: SessionStart;
  event: 'registered' | 'signed_in';
}

/**
 * A new session with a new id (no fixation), inside the caller's transaction. The browser's previous session
 * ends with it: its cookie is overwritten, so nobody could end it later.
 */
export async function startSession(
  deps: Deps,
  trx: Transaction<Schema>,
  { account, scope, start, event }: Beginning,
): Promise<StartedSession> {
  const { origin } = start;
  const now = deps.clock.now();
  const accountId = account.id;
  const replaced = await endPreviousSession(deps, trx, { start, now });
  const deviceToken = keepDeviceToken(start.deviceToken);
  const deviceHash = hashDeviceToken(deviceToken);
  const isKnown = await meetDevice(trx, { accountId, hash: deviceHash, now });
  const session = await insertSession(trx, {
    id: uuidv7(now),
    accountId,
    clientId: FIRST_PARTY_CLIENT,
    scope,
    nonce: randomBytes(32),
    now,
    origin,
    deviceHash,
    endsAt: null,
    dpopJkt: null,
  });
  await recordEvent(trx, { kind: event, accountId, sessionId: session.id, origin, now });
  const isNews = !isKnown && event === 'signed_in';
  if (isNews) await tellOwner(deps, trx, { kind: 'new_device', account, session, origin, now });

  return {
    session,
    deviceToken,
    afterCommit() {
      if (replaced !== undefined) deps.revocations.add({ id: replaced, at: now, reason: 'replaced' });
      deps.changes.announce(accountId);
      if (isNews) deps.mail.wake();
    },
  };
}

async function endPreviousSession(
  deps: Pick<Deps, 'refreshTokens'>,
  trx: Transaction<Schema>,
  { start: { previousToken, origin }, now }: { start: SessionStart; now: number },
): Promise<string | undefined> {
  const presented = await findPresentedSession(trx, deps, previousToken);
  if (!presented) return undefined;
  const { session } = presented;
  const end = { reason: 'replaced', event: 'session_replaced', origin, now } as const;
  return (await endSession(trx, session, end)) ? session.id : undefined;
}
