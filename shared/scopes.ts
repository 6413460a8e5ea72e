/**
 * What a token may do, and how a person is told. A scope that is not in this registry is never granted
 * (RFC 6749 §3.3: the server may grant less than was asked for).
 */
export const SCOPES = {
  'profile:read': 'See your name and e-mail address',
  'profile:write': 'Change your name',
} as const;

export type Scope = keyof typeof SCOPES;

export const ALL_SCOPES = Object.keys(SCOPES).filter(isScope);

/** The most that may be granted to a client or to an account. Undefined: everything in the registry. */
export type Ceiling = readonly Scope[] | undefined;

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

/** Space-delimited, as it is stored. A scope that has left the registry since is none. */
export function readCeiling(text: string | null): Ceiling {
  return text === null ? undefined : text.split(' ').filter(isScope);
}

/** Requested (space-delimited) ∩ allowed, in the registry's order; all that is allowed when nothing was asked for. */
export function grantScopes(requested = '', ceilings: readonly Ceiling[] = []): Scope[] {
  const allowed = ALL_SCOPES.filter((scope) => ceilings.every((ceiling) => ceiling?.includes(scope) ?? true));
  if (requested.trim() === '') return allowed;
  const wanted = new Set(requested.split(' '));
  return allowed.filter((scope) => wanted.has(scope));
}
