import type { OperationContext } from '@trpc/client';

/** RFC 6750 §2.1. The token of a call travels in its context, put there by whoever holds the session. */
export function authorizationOf(contexts: readonly OperationContext[]): { authorization?: string } {
  const tokens = contexts.map(({ accessToken }) => accessToken).filter((token) => typeof token === 'string');
  // In a batch the last to join was sent last, so its token is the newest of the same session.
  const token = tokens.at(-1);
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
