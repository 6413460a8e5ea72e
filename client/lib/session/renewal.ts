import { backOff } from './back-off.ts';
import { endEverywhere } from './end-everywhere.ts';
import { exchange, type ExchangeDeps, type ExchangeResult } from './exchange.ts';
import { isDue, refreshDelay, type Grant } from './grant.ts';
import type { Holder } from './holder.ts';
import type { Renewed } from './tab-message.ts';

export interface RenewalDeps extends ExchangeDeps {
  /** From 0 to 1, for spreading attempts; no secret depends on it. */
  random(): number;
  /** A page that nobody looks at lets its token expire: an open tab must not keep a session alive for ever. */
  isVisible(): boolean;
}

/** Keeps the held access token fresh: one refresh in flight, ahead of expiry, again and again after failures. */
export interface Renewal {
  /** Resolves when the attempt is over, whatever came of it. None is made while the server wants to be left alone. */
  refresh(): Promise<void>;
  /**
   * Takes a newer token, and plans anew; `asked` as the holder wants it. What there is to tell the other tabs:
   * undefined when nobody is signed in.
   */
  renew(renewed: Grant, asked: number): Pick<Renewed, 'grant' | 'previous'> | undefined;
  /** The page is seen again, the network is back, the machine has slept. */
  wake: () => void;
  /** The session has changed by other means: forget past failures and plan anew. */
  reset(): void;
  /** Breaks off what is in flight: a newer cookie is here, or on its way. */
  abandon(): void;
  /** While the person is signing out: no further attempts. */
  pause(): void;
  resume(): void;
}

export function createRenewal(holder: Holder, deps: RenewalDeps): Renewal {
  const { timers } = deps;
  let inFlight: { epoch: number; attempt: Promise<void>; call: AbortController } | undefined;
  let failures = 0;
  /** Milliseconds: how long the server wants to be left alone, and until when. */
  let respite = 0;
  let notBefore = 0;
  let paused = false;
  let cancelTimer = () => {};

  function refresh(): Promise<void> {
    const idle = paused || holder.state.get().status === 'signed_out';
    if (idle || timeToRespect() > 0) return Promise.resolve();
    const epoch = holder.epoch();
    if (inFlight?.epoch === epoch) return inFlight.attempt;
    const call = new AbortController();
    const attempt = run(epoch, call.signal).finally(() => {
      if (inFlight?.attempt === attempt) inFlight = undefined;
    });
    inFlight = { epoch, attempt, call };
    return attempt;
  }

  async function run(epoch: number, signal: AbortSignal): Promise<void> {
    const before = holder.grant()?.accessToken;
    const asked = holder.ask();
    const isCurrent = () => holder.epoch() === epoch;
    const isServed = () => holder.grant()?.accessToken !== before;
    const accept = (renewed: Grant) => (isCurrent() ? renew(renewed, asked) : undefined);
    const result = await exchange(deps, { signal, isCurrent, isServed, accept });
    // While the person is signing out, a refresh that fails is no news: the session is being ended by choice.
    if (isCurrent() && !paused) commit(result);
  }

  function renew(renewed: Grant, asked: number): Pick<Renewed, 'grant' | 'previous'> | undefined {
    const previous = holder.grant()?.accessToken;
    const grant = holder.renew(renewed, asked);
    if (!grant) return undefined;
    reset();
    return { grant, previous };
  }

  function commit(result: ExchangeResult): void {
    switch (result.kind) {
      case 'ended':
        endEverywhere({ holder, channel: deps.channel }, result.cause);
        return reset();
      case 'unavailable':
        failures += 1;
        respite = (result.retryAfter ?? 0) * 1000;
        notBefore = timers.now() + respite;
        holder.reportConnection(result.connection);
        return plan();
      case 'settled':
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
    if (failures > 0) return Math.max(backOff(failures, deps.random()), timeToRespect());
    const grant = holder.grant();
    // A page that asks again who is signed in shows nothing meanwhile: it must not wait until the token is due.
    if (grant && holder.state.get().status === 'restoring') return 0;
    return grant && refreshDelay(grant, now, deps.random());
  }

  /** Milliseconds left of the respite; none when there would be more than all of it: the clock was set back. */
  function timeToRespect(): number {
    const left = notBefore - timers.now();
    return left > respite ? 0 : left;
  }

  function reset(): void {
    failures = 0;
    notBefore = 0;
    plan();
  }

  return {
    refresh,
    renew,
    reset,
    abandon: () => inFlight?.call.abort(),
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
