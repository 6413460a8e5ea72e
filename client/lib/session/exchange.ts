import { grantOf, type Grant } from './grant.ts';
import type { RefreshOutcome } from './refresh-outcome.ts';
import type { TabChannel } from './tab-channel.ts';
import type { TabLock } from './tab-lock.ts';
import type { Renewed } from './tab-message.ts';
import { pause, type Timers } from './timers.ts';

/** A message posted before a lock was released may still arrive a moment after it was granted. */
const BROADCAST_DELAY = 100;

/** Milliseconds. An answer may be overtaken only by one that was asked for after another answer had come. */
const LATE = 2_000;

export interface ExchangeDeps {
  /** Never fails: what goes wrong is an outcome, and so is giving up. */
  callRefresh: (signal: AbortSignal) => Promise<RefreshOutcome>;
  lock: TabLock;
  channel: TabChannel;
  timers: Timers;
}

/** What the asking session knows by the time its turn comes. */
export interface Asker {
  /** Aborted when the answer is wanted no more: its cookie must not overwrite the one of a newer sign-in. */
  signal: AbortSignal;
  /** Another tab has meanwhile brought a newer token. */
  isServed(): boolean;
  /** No sign-in or sign-out has happened since it asked. */
  isCurrent(): boolean;
  /** Takes the new token, and says what there is to tell the other tabs: nothing when the answer came too late. */
  accept(renewed: Grant): Pick<Renewed, 'grant' | 'previous'> | undefined;
}

/** `settled`: there is nothing left to do, because the asker has a newer token or wants none any more. */
export type ExchangeResult = Exclude<RefreshOutcome, { kind: 'renewed' }> | { kind: 'settled' };

interface Answer {
  outcome: RefreshOutcome;
  askedAt: number;
}

/** Gets the next access token: from another tab that has just asked for it, else from the server. */
export function exchange(deps: ExchangeDeps, asker: Asker): Promise<ExchangeResult> {
  const { lock, channel, timers } = deps;
  return lock.run<ExchangeResult>(async ({ waited }) => {
    if (waited && !asker.isServed()) await pause(timers, BROADCAST_DELAY);
    if (asker.isServed() || !asker.isCurrent() || asker.signal.aborted) return { kind: 'settled' };
    const { outcome, askedAt } = await ask(deps, asker);
    if (asker.signal.aborted) return { kind: 'settled' };
    if (outcome.kind !== 'renewed') return outcome;
    const news = asker.accept(grantOf(outcome.signedIn, timers.now()));
    if (news) channel.post({ kind: 'renewed', ...news, askedAt });
    return { kind: 'settled' };
  });
}

/**
 * A late answer may bring an older cookie than another tab has been given meanwhile, and the browser keeps what comes
 * last: at the next refresh, long after the grace window, it would be taken for a thief's. Asked again at once, the
 * server answers with the newest.
 */
async function ask({ callRefresh, timers }: ExchangeDeps, asker: Asker): Promise<Answer> {
  const once = async (): Promise<Answer> => {
    const askedAt = timers.now();
    return { askedAt, outcome: await callRefresh(asker.signal) };
  };
  const answer = await once();
  const isOvertaken = asker.isServed() && timers.now() - answer.askedAt > LATE;
  return answer.outcome.kind === 'renewed' && isOvertaken ? once() : answer;
}
