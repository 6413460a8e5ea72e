import type { Notice } from '../../../shared/session.ts';

/** How many cards there are at most: more would hide the screen, and what leads on from it, beneath them. */
const MOST = 2;

/**
 * What is shown of them, reuse before everything: whoever knows the password could bury it under sign-ins that are only
 * new. Within each kind in the order in which the server tells them, the newest first.
 */
export function foremost(notices: readonly Notice[]): Notice[] {
  const isReuse = ({ kind }: Notice): boolean => kind === 'token_reuse';
  return [...notices.filter(isReuse), ...notices.filter((notice) => !isReuse(notice))].slice(0, MOST);
}
