import type { Client } from '../clients/client.ts';
import { Failure } from '../lib/failure.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';
import { findTokenSession } from './find-token-session.ts';
import { signOutSession } from './sign-out-session.ts';

export interface Revocation {
  token: string;
  client: Client;
  origin: Origin;
}

/**
 * RFC 7009 §2.1: ends the session that an access or a refresh token belongs to, and with it every token of that session.
 * A token that is worth nothing any more is revoked as wanted. Another client's fails with `token_invalid`, and lives on.
 */
export async function revokeToken(deps: Deps, { token, client, origin }: Revocation): Promise<void> {
  const session = await findTokenSession(deps, token);
  if (!session) return;
  if (session.clientId !== client.id) throw new Failure('token_invalid');
  await signOutSession(deps, session, origin);
}
