import { grantOf, type Grant } from './grant.ts';
import type { RefreshOutcome } from './refresh-outcome.ts';
import type { TabChannel } from './tab-channel.ts';
import type { TabLock } from './tab-lock.ts';
import { pause, type Timers } from './timers.ts';

/** A message posted before a lock was released may still arrive a moment after it was granted. */
const BROADCAST_DELAY = 100;

export interface ExchangeDeps {
  /** Never fails: what goes wrong is an outcome. */
  callRefresh: () => Promise<RefreshOutcome>;
  lock: TabLock;
  channel: TabChannel;
  timers: Timers;
}

/** What the asking session knows by the time its turn comes. */
export interface Asker {
  /** Another tab has meanwhile brought a newer token. */
  isServed(): boolean;
  /** No sign-in or sign-out has happened since it asked. */
  isCurrent(): boolean;
}

export type ExchangeResult =
  { kind: 'renewed'; grant: Grant } | Exclude<RefreshOutcome, { kind: 'renewed' }> | { kind: 'superseded' };

/** Gets the next access token: from another tab that has just asked for it, else from the server. */
export function exchange(deps: ExchangeDeps, asker: Asker): Promise<ExchangeResult> {
  const { callRefresh, lock, channel, timers } = deps;
  return lock.run<ExchangeResult>(async ({ waited }) => {
    if (waited && !asker.isServed()) await pause(timers, BROADCAST_DELAY);
    if (asker.isServed() || !asker.isCurrent()) return { kind: 'superseded' };
    const outcome = await callRefresh();
    if (outcome.kind !== 'renewed') return outcome;
    const grant = grantOf(outcome.signedIn, timers.now());
    if (asker.isCurrent()) channel.post({ kind: 'renewed', grant });
    return { kind: 'renewed', grant };
  });
}
