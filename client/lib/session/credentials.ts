import type { EndReason } from '../../../shared/reasons.ts';
import { endEverywhere } from './end-everywhere.ts';
import { isAboutToExpire } from './grant.ts';
import type { Holder } from './holder.ts';
import type { Renewal } from './renewal.ts';
import { SessionChanged } from './session-changed.ts';
import type { TabChannel } from './tab-channel.ts';
import type { Timers } from './timers.ts';

/** The access token that a call goes out with, and for whom. Undefined: nobody is signed in. */
export interface Credential {
  accessToken: string | undefined;
  epoch: number;
}

/** What the tRPC link may ask of the session. Each method fails when the person changes while it waits. */
export interface Credentials {
  /** Waits until it is known who is signed in, and for a refresh when the token is about to expire. */
  current(): Promise<Credential>;
  /** The token that can go out now; undefined when there is none, or when it is about to expire. */
  atHand(): Credential | undefined;
  /** A newer token than the one that was refused. Fails when there is none to be had. */
  renew(refused: Credential): Promise<Credential>;
  /** The server says that the session is over, and perhaps why. Ends it in every tab. */
  reportRevoked(refused: Credential, reason: EndReason | undefined): void;
  isCurrent(credential: Credential): boolean;
}

export function createCredentials(
  holder: Holder,
  { renewal, timers, channel }: { renewal: Renewal; timers: Timers; channel: TabChannel },
): Credentials {
  const isCurrent = ({ epoch }: Credential): boolean => epoch === holder.epoch();

  /** A call of one person must never go out with the token of another, who has signed in meanwhile. */
  const credentialOf = (epoch: number): Credential => {
    if (epoch !== holder.epoch()) throw new SessionChanged();
    return { accessToken: holder.grant()?.accessToken, epoch };
  };

  return {
    isCurrent,
    async current() {
      await untilKnown(holder);
      const epoch = holder.epoch();
      const grant = holder.grant();
      // Whatever comes of it: without a new token the call itself finds out what is wrong.
      if (grant && isAboutToExpire(grant, timers.now())) await renewal.refresh();
      return credentialOf(epoch);
    },
    atHand() {
      const grant = holder.grant();
      const isGood = grant && !isAboutToExpire(grant, timers.now());
      return isGood ? { accessToken: grant.accessToken, epoch: holder.epoch() } : undefined;
    },
    async renew(refused) {
      if (credentialOf(refused.epoch).accessToken === refused.accessToken) await renewal.refresh();
      const renewed = credentialOf(refused.epoch);
      if (renewed.accessToken === refused.accessToken) throw new Error('No new access token could be had.');
      return renewed;
    },
    reportRevoked(refused, reason) {
      if (!isCurrent(refused)) return;
      endEverywhere({ holder, channel }, reason ?? 'revoked');
      renewal.reset();
    },
  };
}

function untilKnown({ state }: Holder): Promise<void> {
  const isKnown = () => state.get().status !== 'restoring';
  if (isKnown()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = state.subscribe(() => {
      if (!isKnown()) return;
      stop();
      resolve();
    });
  });
}
