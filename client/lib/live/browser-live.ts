import { createOpenStream } from '../api/live-stream.ts';
import type { Session } from '../session/session.ts';
import { systemTimers } from '../session/timers.ts';
import { createLive, type Live } from './live.ts';

/** The live link of this page for the person who is signed in, wired to the browser. */
export function createBrowserLive(session: Session, userId: string): Live {
  return createLive({
    session,
    userId,
    openStream: createOpenStream(),
    // Missing in insecure contexts, which the library's types do not know.
    locks: 'locks' in navigator ? navigator.locks : undefined,
    timers: systemTimers,
    random: Math.random,
    isVisible: () => document.visibilityState === 'visible',
  });
}

/** Listens for as long as the page is there; returns how to stop. */
export function liveWithPage(live: Live): () => void {
  const leaving = new AbortController();
  const { signal } = leaving;
  live.start();
  addEventListener('online', live.review, { signal });
  document.addEventListener('visibilitychange', live.review, { signal });
  // A page in the back/forward cache hears nothing, and with a lock or an open connection it would not get there.
  addEventListener('pagehide', live.stop, { signal });
  addEventListener('pageshow', ({ persisted }) => persisted && live.start(), { signal });
  return () => {
    leaving.abort();
    live.stop();
  };
}
