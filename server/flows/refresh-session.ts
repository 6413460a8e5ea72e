import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import { findAccount, type Account } from '../accounts/store.ts';
import type { Client } from '../clients/client.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import type { RefreshOutcome } from '../lib/observer.ts';
import { decideRefresh } from '../sessions/decide.ts';
import { findSession, rotateSession, touchSession, type Origin, type Session } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { endSession } from './end-session.ts';
import { findPresentedSession } from './find-presented-session.ts';
import { narrowScope } from './grant-scope.ts';
import { issueTokens, type IssuedTokens } from './issue-tokens.ts';
import { RefusedRefresh, reportRefresh } from './report.ts';
import { tellOwner } from './tell-owner.ts';

/** A loser of the race reads what the winner wrote and decides again; it can lose only once. */
const MAX_DECISIONS = 3;

export interface Refresh {
  token: string | undefined;
  origin: Origin;
  /** Who presents it; undefined: our own pages. */
  client?: Client | undefined;
  /** Space-delimited: less than was granted, for this access token only. */
  scope?: string | undefined;
  /** Thumbprint of the key that the client has just proved to hold (RFC 9449 §5). */
  jkt?: string | undefined;
}

/**
 * Exchanges a refresh token for the session's next one. Fails with `token_missing`, `token_invalid`,
 * `token_expired`, `session_revoked`, `throttled` or, when more scope is asked for than was granted, `validation`.
 */
export async function refreshSession(deps: Deps, refresh: Refresh): Promise<IssuedTokens> {
  return reportRefresh(deps, () => exchange(deps, refresh));
}

async function exchange(
  deps: Deps,
  refresh: Refresh,
): Promise<{ tokens: IssuedTokens; outcome: RefreshOutcome }> {
  const { token, origin, client, jkt } = refresh;
  await deps.limits.refreshFrom(origin.ip);
  if (token === undefined) throw new Failure('token_missing');
  const presented = await findPresentedSession(deps.db, deps, token);
  if (!presented) throw new Failure('token_invalid');
  const { session, generation } = presented;
  requireHolder(session, refresh);
  await deps.limits.refreshOf(session.id);
  const account = await findAccount(deps.db, session.accountId);
  if (!account) throw new Failure('session_revoked');
  if (account.disabled_at !== null) throw new Failure('session_revoked', { ended: 'account_disabled' });
  const requireScope = () => narrowScope(session.scope, refresh.scope, { client, account });
  const binding = bindingOf(refresh, session);
  const advanced = await advance(deps, { session, account }, { generation, origin, binding, requireScope });
  const tokens = await issueTokens(deps, { session: advanced.session, account, scope: requireScope(), jkt });
  return { tokens, outcome: advanced.outcome };
}

/**
 * RFC 6749 §10.4: a refresh token is worth something only in the hands of the client that it was issued to. One that is
 * bound to a key also needs the key: the very same of a public client, which has nothing else to show (RFC 9449 §5); of a
 * confidential one any, so that it can renew its own. A wrong holder is refused, and nothing happens to the session:
 * whoever finds a token must not be able to sign its owner out.
 */
function requireHolder({ clientId, dpopJkt }: Session, { client, jkt }: Refresh): void {
  if (clientId !== (client?.id ?? FIRST_PARTY_CLIENT)) throw new Failure('token_invalid');
  if (dpopJkt === null) return;
  const isConfidential = client?.secretHash !== undefined;
  if (isConfidential ? jkt === undefined : jkt !== dpopJkt) throw new Failure('token_invalid');
}

/** RFC 9449 §5: the next refresh token of a public client that proves a key is bound to it, also when this one was not. */
function bindingOf({ client, jkt }: Refresh, { dpopJkt }: Session): string | null {
  return client?.secretHash === undefined ? (dpopJkt ?? jkt ?? null) : dpopJkt;
}

interface Subject {
  session: Session;
  account: Account;
}

interface Step {
  generation: number;
  origin: Origin;
  /** Of the next refresh token. */
  binding: string | null;
  /** Fails where too much is asked for: before anything is written, and not before a reuse has been found out. */
  requireScope: () => void;
}

/** Carries out the decision until it holds; returns the session whose current token the caller may have. */
async function advance(
  deps: Deps,
  presented: Subject,
  { generation, origin, binding, requireScope }: Step,
): Promise<{ session: Session; outcome: RefreshOutcome }> {
  const { db, clock, sessionLimits } = deps;
  let session: Session | undefined = presented.session;
  for (let attempt = 0; session && attempt < MAX_DECISIONS; attempt += 1) {
    const now = clock.now();
    switch (decideRefresh(session, generation, { now, limits: sessionLimits })) {
      case 'rotate': {
        requireScope();
        const rotated = await rotateSession(db, session, {
          now,
          grace: sessionLimits.refreshGrace,
          origin,
          dpopJkt: binding,
        });
        if (rotated) return { session: rotated, outcome: 'rotated' };
        session = await findSession(db, session.id);
        break;
      }
      case 'replay': {
        requireScope();
        const touched = await touchSession(db, session.id, now);
        if (touched) return { session: touched, outcome: 'replayed' };
        session = await findSession(db, session.id);
        break;
      }
      case 'reuse':
        await endReusedSession(deps, { session, account: presented.account }, origin);
        throw new RefusedRefresh('reuse', 'session_revoked', { ended: 'reuse' });
      case 'revoked':
        throw new RefusedRefresh('revoked', 'session_revoked', { ended: session.revokedReason ?? undefined });
      case 'expired':
        throw new RefusedRefresh('expired', 'token_expired');
      case 'unknown':
        throw new RefusedRefresh('unknown', 'token_invalid');
    }
  }
  throw new Failure('session_revoked');
}

/**
 * RFC 9700 §4.14.2: a replaced token came back, so two parties hold this session; both are put out, and the owner is
 * told. All of it is committed before the call fails: a throw inside would undo it.
 */
async function endReusedSession(deps: Deps, { session, account }: Subject, origin: Origin): Promise<void> {
  const { id } = session;
  const { now, ended } = await inTransaction(deps.db, async (trx) => {
    const at = deps.clock.now();
    const end = { reason: 'reuse', event: 'token_reused', origin, now: at } as const;
    if (!(await endSession(trx, session, end))) return { now: at, ended: false };
    await tellOwner(deps, trx, { kind: 'token_reuse', account, session, origin, now: at });
    return { now: at, ended: true };
  });
  deps.revocations.add({ id, at: now, reason: 'reuse' });
  if (!ended) return;
  deps.observer.reuse();
  deps.changes.announce(account.id);
  deps.mail.wake();
  deps.log.warn(
    { sessionId: id, accountId: account.id, ip: origin.ip },
    'refresh token reuse: session revoked',
  );
}
