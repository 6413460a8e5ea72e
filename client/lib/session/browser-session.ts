import { authClient } from '../api/auth-client.ts';
import { readFailure } from '../failure.ts';
import { createSignInHint } from './hint.ts';
import { outcomeOf, type RefreshOutcome } from './refresh-outcome.ts';
import { createSession, type Session } from './session.ts';
import { openTabChannel } from './tab-channel.ts';
import { createTabLock } from './tab-lock.ts';
import { systemTimers } from './timers.ts';

/** Milliseconds. A stalled answer is given up; asking again is safe, the server gives the same token again. */
const REFRESH_PATIENCE = 15_000;
const LOCK_PATIENCE = 5_000;

/** The session of this page, wired to the browser. Call once. */
export function createBrowserSession(): Session {
  const session = createSession({
    callRefresh,
    callLogout: async (accessToken) => {
      await authClient.auth.logout.mutate(undefined, { context: { accessToken } });
    },
    channel: openTabChannel('sallyport-session-1'),
    hint: createSignInHint(() => localStorage),
    lock: createTabLock({
      // Missing in insecure contexts, which the library's types do not know.
      locks: 'locks' in navigator ? navigator.locks : undefined,
      name: 'sallyport-refresh',
      patience: LOCK_PATIENCE,
      timers: systemTimers,
    }),
    timers: systemTimers,
    random: Math.random,
    isVisible: () => document.visibilityState === 'visible',
  });
  wakeWithPage(session);
  return session;
}

async function callRefresh(signal: AbortSignal): Promise<RefreshOutcome> {
  const call = new AbortController();
  const giveUp = () => call.abort();
  const patience = setTimeout(giveUp, REFRESH_PATIENCE);
  signal.addEventListener('abort', giveUp, { signal: call.signal });
  try {
    signal.throwIfAborted();
    return {
      kind: 'renewed',
      signedIn: await authClient.auth.refresh.mutate(undefined, { signal: call.signal }),
    };
  } catch (error) {
    return outcomeOf(readFailure(error));
  } finally {
    clearTimeout(patience);
  }
}

function wakeWithPage(session: Session): void {
  addEventListener('online', session.wake);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') session.wake();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) session.revalidate();
  });
}
