import { FIRST_PARTY_CLIENT, type GrantType } from '../../shared/oauth.ts';
import type { Scope } from '../../shared/scopes.ts';
import { recordEvent } from '../audit/store.ts';
import type { Client } from '../clients/client.ts';
import { hashClientSecret, makeClientSecret } from '../clients/client-secret.ts';
import { deleteClient, insertClient, replaceSecretHash } from '../clients/store.ts';
import { inTransaction } from '../db/transaction.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import { revokeSessionsOfClient } from '../sessions/revocation-store.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

type ClientDeps = Pick<Deps, 'db' | 'clock' | 'revocations'>;

export interface NewClient {
  name: string;
  confidential: boolean;
  grants: readonly GrantType[];
  /** The most that its tokens hold. */
  ceiling: readonly Scope[];
}

/** The secret is shown here and never again: what is stored of it is a hash. */
export interface RegisteredClient {
  client: Client;
  secret: string | undefined;
}

/** RFC 6749 §2: by the operator, never by a stranger. */
export async function registerClient(
  { db, clock }: ClientDeps,
  { name, confidential, grants, ceiling }: NewClient,
): Promise<RegisteredClient> {
  const now = clock.now();
  const secret = confidential ? makeClientSecret() : undefined;
  const secretHash = secret === undefined ? undefined : hashClientSecret(secret);
  const client = { id: uuidv7(now), name, secretHash, grants, ceiling, createdAt: now };
  await inTransaction(db, (trx) => insertClient(trx, client));
  return { client, secret };
}

/** The old secret is worth nothing from here on. Undefined when there is no such client, or it has none. */
export async function rotateClientSecret({ db }: ClientDeps, id: string): Promise<string | undefined> {
  const secret = makeClientSecret();
  const replaced = await inTransaction(db, (trx) =>
    replaceSecretHash(trx, { id, hash: hashClientSecret(secret) }),
  );
  return replaced ? secret : undefined;
}

/**
 * Its sessions end with it, for everybody and at once. Returns how many; undefined when there is no such client. This
 * project's own cannot be removed (`conflict`): it is whose pages people sign in by.
 */
export async function removeClient(
  { db, clock, revocations }: ClientDeps,
  { id, origin }: { id: string; origin: Origin },
): Promise<number | undefined> {
  if (id === FIRST_PARTY_CLIENT) throw new Failure('conflict');
  const reason = 'client_removed';
  const outcome = await inTransaction(db, async (trx) => {
    const now = clock.now();
    if (!(await deleteClient(trx, id))) return undefined;
    const sessions = await revokeSessionsOfClient(trx, { clientId: id, reason, now });
    for (const { id: sessionId, accountId } of sessions)
      await recordEvent(trx, { kind: reason, accountId, sessionId, origin, now });
    return { sessions, now };
  });
  if (!outcome) return undefined;
  for (const session of outcome.sessions) revocations.add({ id: session.id, at: outcome.now, reason });
  return outcome.sessions.length;
}
