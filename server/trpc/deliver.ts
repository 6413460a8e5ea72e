import type { SignedIn } from '../../shared/account.ts';
import type { IssuedTokens } from '../flows/issue-tokens.ts';
import type { Context } from './context.ts';

/** The refresh token leaves in its cookie and nowhere else; the body carries everything that a script may see. */
export function deliver(
  { refreshCookie, deviceCookie }: Pick<Context, 'refreshCookie' | 'deviceCookie'>,
  { refreshToken, refreshMaxAge, deviceToken, ...shown }: IssuedTokens,
): SignedIn {
  refreshCookie.write(refreshToken, refreshMaxAge);
  if (deviceToken !== undefined) deviceCookie.write(deviceToken);
  const { accessToken, tokenType, expiresIn, scope, user, deletionCancelled } = shown;
  return { accessToken, tokenType, expiresIn, scope, user, ...(deletionCancelled && { deletionCancelled }) };
}
