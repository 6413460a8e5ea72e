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

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

/** Requested (space-delimited) ∩ registry, in the registry's order; everything when nothing was asked for. */
export function grantScopes(requested = ''): Scope[] {
  if (requested.trim() === '') return [...ALL_SCOPES];
  const wanted = new Set(requested.split(' '));
  return ALL_SCOPES.filter((scope) => wanted.has(scope));
}
