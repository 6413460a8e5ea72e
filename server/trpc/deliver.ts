import type { IssuedTokens } from '../flows/issue-tokens.ts';
import type { Context } from './context.ts';

/** The refresh token leaves in its cookie; the body carries everything else. */
export function deliver(
  { refreshCookie, deviceCookie }: Pick<Context, 'refreshCookie' | 'deviceCookie'>,
  { refreshToken, refreshMaxAge, deviceToken, signedIn }: IssuedTokens,
): IssuedTokens['signedIn'] {
  refreshCookie.write(refreshToken, refreshMaxAge);
  if (deviceToken !== undefined) deviceCookie.write(deviceToken);
  return signedIn;
}
