import { grantScopes, readCeiling, type Ceiling, type Scope } from '../../shared/scopes.ts';
import type { Account } from '../accounts/store.ts';
import { Failure } from '../lib/failure.ts';

/** Both of them bound what is granted. Undefined: unknown yet, or without a bound of its own. */
export interface Parties {
  client: { ceiling: Ceiling } | undefined;
  account?: Pick<Account, 'scope'>;
}

/**
 * Requested ∩ what the client and the account may have, space-delimited. Fails with `validation` when nothing is left:
 * a token that may do nothing helps nobody.
 */
export function grantScope(requested: string | undefined, parties: Parties): string {
  return requireSome(grantScopes(requested, ceilingsOf(parties)));
}

/**
 * What a refreshed access token holds. No more than the session was granted (RFC 6749 §6: asking for more is an error,
 * not a wish), and no more than both parties may have by now: a ceiling that was lowered since counts.
 */
export function narrowScope(granted: string, requested: string | undefined, parties: Parties): string {
  const allowed = grantScopes(granted, ceilingsOf(parties));
  if (requested === undefined) {
    if (allowed.length === 0) throw new Failure('session_revoked');
    return allowed.join(' ');
  }
  const original = new Set(granted.split(' '));
  const wanted = requested.split(' ');
  if (!wanted.every((scope) => original.has(scope))) throw noSuchScope();
  return requireSome(allowed.filter((scope) => wanted.includes(scope)));
}

function ceilingsOf({ client, account }: Parties): Ceiling[] {
  return [client?.ceiling, account && readCeiling(account.scope)];
}

function requireSome(scopes: readonly Scope[]): string {
  if (scopes.length === 0) throw noSuchScope();
  return scopes.join(' ');
}

function noSuchScope(): Failure {
  const issue = { path: ['scope'], code: 'unknown_scope', message: 'These scopes cannot be granted.' };
  return new Failure('validation', { issues: [issue] });
}
