import type { Notice } from '../../../shared/session.ts';
import type { OpenStream } from '../api/live-stream.ts';
import { isTokenRefusal, readFailure, type Failure } from '../failure.ts';
import { backOff } from '../session/back-off.ts';
import type { Credential } from '../session/credentials.ts';
import type { Session } from '../session/session.ts';
import type { Timers } from '../session/timers.ts';
import { followStream } from './follow-stream.ts';
import type { Waits } from './waits.ts';

/** Milliseconds after which a stream counts as one that worked. */
const LASTING = 10_000;

export interface ListenDeps {
  session: Pick<Session, 'credentials' | 'subscribe'>;
  openStream: OpenStream;
  timers: Timers;
  /** From 0 to 1, for spreading attempts; no secret depends on it. */
  random(): number;
  isVisible: () => boolean;
}

export interface Listener {
  signal: AbortSignal;
  /** Rung when something has changed, `signal` among it. */
  waits: Waits;
  /** How often the page has been seen again or the network has come back. */
  wakes(): number;
  hearNotices: (notices: Notice[]) => void;
}

/** A stream that is over, or that could not be opened; no credential and no failure: nobody is signed in. */
interface Attempt {
  credential?: Credential | undefined;
  failure?: Failure;
}

/**
 * Listens to the server for as long as somebody is signed in: one stream after another. The next is opened at once
 * only with another token than the last, so that streams which end as soon as they begin cause no storm; everything
 * else waits, longer each time.
 */
export async function listen(deps: ListenDeps, listener: Listener): Promise<void> {
  const { credentials } = deps.session;
  const { signal, waits } = listener;
  let last: Credential | undefined;
  /** The server would not have the last token. */
  let refused = false;
  let failures = 0;

  while (!signal.aborted) {
    const began = deps.timers.now();
    const { credential, failure } = await attempt();
    if (failure?.reason === 'superseded') {
      // Whoever has signed in meanwhile has been refused nothing. Not at once: a loop that never lets go of the thread
      // would be the end of the page.
      refused = false;
      last = undefined;
      await waits.wait({ delay: 0, isOver: () => signal.aborted });
      continue;
    }
    if (!failure && !credential) return;
    if (failure?.reason === 'session_revoked' && credential)
      return credentials.reportRevoked(credential, failure.ended);
    const isFirstRefusal = !refused && failure !== undefined && isTokenRefusal(failure);
    refused = failure !== undefined && isTokenRefusal(failure);
    last = credential ?? last;
    if (deps.timers.now() - began >= LASTING) failures = 0;
    if (isFirstRefusal || (!failure && isTokenNew())) continue;
    failures += 1;
    await rest(failure);
  }

  async function attempt(): Promise<Attempt> {
    // Asking for a new token counts as use: a page that nobody looks at must not keep the session alive for ever.
    await waits.wait({ isOver: () => signal.aborted || deps.isVisible() || isTokenUsable() });
    if (signal.aborted) return {};
    let credential: Credential | undefined;
    try {
      const dead = refused && last && credentials.isCurrent(last) ? last : undefined;
      credential = await (dead ? credentials.renew(dead) : credentials.current());
      if (isExpired(credential)) credential = await renewed(credential);
      const { accessToken } = credential;
      if (accessToken === undefined) return {};
      await followStream(deps, { credential, accessToken }, listener);
      return { credential };
    } catch (error) {
      return { credential, failure: readFailure(error) };
    }
  }

  /** The server was asked for another and is too busy, or away. */
  function isExpired({ accessToken }: Credential): boolean {
    return accessToken !== undefined && credentials.atHand() === undefined;
  }

  /** The session goes on asking by itself: with a token that is known to be dead there is nothing to open meanwhile. */
  async function renewed(expired: Credential): Promise<Credential> {
    const isOver = () => !credentials.isCurrent(expired) || credentials.atHand() !== undefined;
    await waits.wait({ isOver: () => signal.aborted || isOver() });
    return credentials.current();
  }

  function isTokenUsable(): boolean {
    return refused ? isTokenNew() : credentials.atHand() !== undefined;
  }

  function isTokenNew(): boolean {
    const next = credentials.atHand();
    return next !== undefined && next.accessToken !== last?.accessToken;
  }

  async function rest(failure: Failure | undefined): Promise<void> {
    const respite = (failure?.retryAfter ?? 0) * 1000;
    const delay = Math.max(backOff(failures, deps.random()), respite);
    const wakes = listener.wakes();
    // Whoever comes back does not wait for the back-off, but for as long as the server wants to be left alone.
    const isOver = () => signal.aborted || (respite === 0 && listener.wakes() !== wakes);
    await waits.wait({ delay, isOver });
  }
}
