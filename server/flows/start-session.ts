import type { Transaction } from 'kysely';
import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import type { Account } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import type { Client } from '../clients/client.ts';
import { findClient } from '../clients/store.ts';
import type { Schema } from '../db/schema.ts';
import { meetDevice } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import { insertSession, type Origin, type Session } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { endSession } from './end-session.ts';
import { findBrowserSession } from './find-presented-session.ts';
import { identifyDevice } from './identify-device.ts';
import { tellOwner } from './tell-owner.ts';

export interface SessionStart {
  scope?: string | undefined;
  origin: Origin;
  /** The refresh token that the same browser held until now, if any. */
  previousToken?: string | undefined;
  /** What the browser was given at an earlier sign-in, if it was. */
  deviceToken?: string | undefined;
  /** Who asks for the person; undefined: our own pages. */
  client?: Client | undefined;
  /** Thumbprint of the key that the client has just proved to hold (RFC 9449 §5). */
  jkt?: string | undefined;
}

/** Everything that one sign-in writes; what must happen after the commit is in `afterCommit`. */
export interface StartedSession {
  session: Session;
  /** For the browser to keep: with it the next sign-in is no news to the owner. */
  deviceToken?: string;
  afterCommit(): void;
}

interface Beginning {
  account: Account;
  /** Space-delimited. */
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
  const { origin, client, jkt } = start;
  const now = deps.clock.now();
  const accountId = account.id;
  await requireClient(trx, client);
  const replaced = await endPreviousSession(deps, trx, { start, now });
  const { hash: deviceHash, token: deviceToken } = identifyDevice(start);
  const isKnown = await meetDevice(trx, { accountId, hash: deviceHash, now });
  const session = await insertSession(trx, {
    id: uuidv7(now),
    accountId,
    clientId: client?.id ?? FIRST_PARTY_CLIENT,
    scope,
    nonce: randomBytes(32),
    now,
    origin,
    deviceHash,
    // Without a refresh token it is over with its only access token.
    endsAt: !client || client.grants.includes('refresh_token') ? null : now + deps.accessTokenTtl,
    dpopJkt: jkt ?? null,
  });
  await recordEvent(trx, { kind: event, accountId, sessionId: session.id, origin, now });
  const isNews = !isKnown && event === 'signed_in';
  if (isNews) await tellOwner(deps, trx, { kind: 'new_device', account, session, origin, now });

  return {
    session,
    ...(deviceToken !== undefined && { deviceToken }),
    afterCommit() {
      if (replaced !== undefined) deps.revocations.add({ id: replaced, at: now, reason: 'replaced' });
      deps.changes.announce(accountId);
      if (isNews) deps.mail.wake();
    },
  };
}

/** A client that was removed while the password was checked gets no session that its removal would have ended. */
async function requireClient(trx: Transaction<Schema>, client: Client | undefined): Promise<void> {
  if (client && !(await findClient(trx, client.id))) throw new Failure('session_revoked');
}

async function endPreviousSession(
  deps: Pick<Deps, 'refreshTokens'>,
  trx: Transaction<Schema>,
  { start: { previousToken, origin }, now }: { start: SessionStart; now: number },
): Promise<string | undefined> {
  const session = await findBrowserSession(trx, deps, previousToken);
  if (!session) return undefined;
  const end = { reason: 'replaced', event: 'session_replaced', origin, now } as const;
  return (await endSession(trx, session, end)) ? session.id : undefined;
}
