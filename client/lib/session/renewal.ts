import { backOff } from './back-off.ts';
import { exchange, type ExchangeDeps, type ExchangeResult } from './exchange.ts';
import { isDue, refreshDelay } from './grant.ts';
import type { Holder } from './holder.ts';

export interface RenewalDeps extends ExchangeDeps {
  /** From 0 to 1, for spreading attempts; no secret depends on it. */
  random(): number;
  /** A page that nobody looks at lets its token expire: an open tab must not keep a session alive for ever. */
  isVisible(): boolean;
}

/** Keeps the held access token fresh: one refresh in flight, ahead of expiry, again and again after failures. */
export interface Renewal {
  /** Resolves when the attempt is over, whatever came of it. */
  refresh(): Promise<void>;
  /** The page is seen again, the network is back, the machine has slept. */
  wake: () => void;
  /** The session has changed by other means: forget past failures and plan anew. */
  reset(): void;
  /** While the person is signing out: no further attempts. */
  pause(): void;
  resume(): void;
}

export function createRenewal(holder: Holder, deps: RenewalDeps): Renewal {
  const { timers } = deps;
  let inFlight: { epoch: number; attempt: Promise<void> } | undefined;
  let failures = 0;
  let notBefore = 0;
  let paused = false;
  let cancelTimer = () => {};

  function refresh(): Promise<void> {
    const idle = paused || holder.state.get().status === 'signed_out';
    if (idle || timers.now() < notBefore) return Promise.resolve();
    const epoch = holder.epoch();
    if (inFlight?.epoch === epoch) return inFlight.attempt;
    const attempt = run(epoch).finally(() => {
      if (inFlight?.attempt === attempt) inFlight = undefined;
    });
    inFlight = { epoch, attempt };
    return attempt;
  }

  async function run(epoch: number): Promise<void> {
    const before = holder.grant();
    const isCurrent = () => holder.epoch() === epoch;
    const result = await exchange(deps, { isCurrent, isServed: () => holder.grant() !== before });
    // While the person is signing out, a refresh that fails is no news: the session is being ended by choice.
    if (isCurrent() && !(paused && result.kind !== 'renewed')) commit(result);
  }

  function commit(result: ExchangeResult): void {
    switch (result.kind) {
      case 'renewed':
        holder.renew(result.grant);
        return reset();
      case 'ended':
        holder.end(result.cause);
        return reset();
      case 'unavailable':
        failures += 1;
        notBefore = timers.now() + (result.retryAfter ?? 0) * 1000;
        holder.reportConnection(result.connection);
        return plan();
      case 'superseded':
        return plan();
    }
  }

  function plan(): void {
    cancelTimer();
    if (paused || holder.state.get().status === 'signed_out') return;
    const delay = nextDelay();
    if (delay === undefined) return;
    cancelTimer = timers.start(() => {
      if (deps.isVisible()) void refresh();
    }, delay);
  }

  /** Milliseconds; undefined while the first attempt is still under way. */
  function nextDelay(): number | undefined {
    const now = timers.now();
    if (failures > 0) return Math.max(backOff(failures, deps.random()), notBefore - now);
    const grant = holder.grant();
    return grant && refreshDelay(grant, now, deps.random());
  }

  function reset(): void {
    failures = 0;
    notBefore = 0;
    plan();
  }

  return {
    refresh,
    reset,
    wake() {
      const grant = holder.grant();
      if (failures > 0 || !grant || isDue(grant, timers.now())) void refresh();
    },
    pause() {
      paused = true;
      cancelTimer();
    },
    resume() {
      paused = false;
      plan();
    },
  };
}
