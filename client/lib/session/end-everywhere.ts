import type { Holder } from './holder.ts';
import type { EndCause } from './state.ts';
import type { TabChannel } from './tab-channel.ts';

/**
 * Ends the session here and in every tab that holds the same access token. A tab with another token finds out for
 * itself: it may have signed in since, and must not be signed out of that.
 */
export function endEverywhere(
  { holder, channel }: { holder: Holder; channel: TabChannel },
  cause: EndCause,
): void {
  const accessToken = holder.grant()?.accessToken;
  holder.end(cause);
  if (accessToken !== undefined) channel.post({ kind: 'ended', cause, accessToken });
}
