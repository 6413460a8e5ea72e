import type { Credentials } from '../flows/authenticate.ts';
import type { Deps } from '../flows/deps.ts';
import type { Failure } from '../lib/failure.ts';

/** How the caller showed its token: RFC 6750 §2.1 or RFC 9449 §7.1. */
export interface Scheme {
  name: 'Bearer' | 'DPoP';
  /** Signature algorithms of proofs that are accepted. */
  algorithms: readonly string[];
}

export function schemeOf({ possession }: Credentials, { dpop }: Pick<Deps, 'dpop'>): Scheme {
  return { name: possession ? 'DPoP' : 'Bearer', algorithms: dpop.algorithms };
}

/**
 * `WWW-Authenticate` for a call without a usable access token. Without any there is no error to name (RFC 6750 §3);
 * otherwise the scheme that was used is the one that is answered. Undefined where no other token would help.
 */
export function challengeOf(failure: Failure, scheme: Scheme): string | undefined {
  // A scheme must not stand without a parameter (RFC 6750 §3).
  if (failure.reason === 'token_missing') return 'Bearer realm="Sallyport"';
  const code = codeOf(failure);
  if (code === undefined) return undefined;
  return [
    `${scheme.name} error="${code}"`,
    ...(failure.scope === undefined ? [] : [`scope="${failure.scope}"`]),
    ...(scheme.name === 'DPoP' ? [`algs="${scheme.algorithms.join(' ')}"`] : []),
  ].join(', ');
}

function codeOf({ reason, dpop }: Failure) {
  switch (reason) {
    case 'token_invalid':
    case 'token_expired':
    case 'session_revoked':
      return dpop ?? 'invalid_token';
    case 'insufficient_scope':
      return reason;
    default:
      return undefined;
  }
}
