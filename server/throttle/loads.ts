import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Observer } from '../lib/observer.ts';
import { addressBucket } from './address.ts';
import { LOADS } from './budgets.ts';
import { throttled } from './throttled.ts';

/** Against load: each fails with `throttled`. In memory, for what they stand before would otherwise cost a write each time. */
export interface Loads {
  refreshFrom(address: string): Promise<void>;
  refreshOf(sessionId: string): Promise<void>;
  /** Before a DPoP proof is checked for somebody who has shown nothing yet. */
  proofFrom(address: string): Promise<void>;
  /** A client that could not show who it is. Whoever can is never counted: a service may ask as often as it likes. */
  clientFailed(address: string): Promise<void>;
  /** Whoever redeems a link that came by mail. */
  mailTokenFrom(address: string): Promise<void>;
  /** Whoever proposes a new password, before it is judged. */
  newPasswordFrom(address: string): Promise<void>;
  exportOf(accountId: string): Promise<void>;
}

export function createLoads(observer: Pick<Observer, 'throttled'>): Loads {
  const limit = (name: keyof typeof LOADS): ((subject: string) => Promise<void>) => {
    const { most: points, window } = LOADS[name];
    const limiter = new RateLimiterMemory({ points, duration: window / 1000 });
    return async (subject) => {
      try {
        await limiter.consume(subject);
      } catch (outcome) {
        if (!(outcome instanceof RateLimiterRes)) throw outcome;
        observer.throttled(name);
        throw throttled(outcome.msBeforeNext);
      }
    };
  };
  const byAddress = (name: keyof typeof LOADS): ((address: string) => Promise<void>) => {
    const consume = limit(name);
    return (address) => consume(addressBucket(address));
  };

  return {
    refreshFrom: byAddress('refreshAddress'),
    refreshOf: limit('refreshSession'),
    proofFrom: byAddress('proofAddress'),
    clientFailed: byAddress('clientAddress'),
    mailTokenFrom: byAddress('mailTokenAddress'),
    newPasswordFrom: byAddress('newPasswordAddress'),
    exportOf: limit('exportAccount'),
  };
}

export const NO_LOADS: Loads = {
  refreshFrom: async () => {},
  refreshOf: async () => {},
  proofFrom: async () => {},
  clientFailed: async () => {},
  mailTokenFrom: async () => {},
  newPasswordFrom: async () => {},
  exportOf: async () => {},
};
