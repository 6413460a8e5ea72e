import type { Client } from '../clients/client.ts';
import { isClientSecret } from '../clients/client-secret.ts';
import { findClient } from '../clients/store.ts';
import type { Deps } from './deps.ts';

/** RFC 6749 §2.3. */
export interface ClientCredentials {
  id: string;
  /** Undefined or empty: the client shows none. */
  secret: string | undefined;
  ip: string;
}

/**
 * Undefined for an unknown client, a wrong secret, a secret missing, and a secret from a client that has none: which of
 * them it was is nobody's business. Failures are counted by address and fail with `throttled`; successes never are.
 */
export async function authenticateClient(
  { db, limits }: Pick<Deps, 'db' | 'limits'>,
  { id, secret = '', ip }: ClientCredentials,
): Promise<Client | undefined> {
  const client = await findClient(db, id);
  if (client && isProven(client, secret)) return client;
  await limits.clientFailed(ip);
  return undefined;
}

function isProven({ secretHash }: Client, secret: string): boolean {
  return secretHash === undefined ? secret === '' : isClientSecret(secret, secretHash);
}
