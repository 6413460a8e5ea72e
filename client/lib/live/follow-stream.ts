import type { LiveEvent } from '../../../shared/session.ts';
import type { Credential } from '../session/credentials.ts';
import type { ListenDeps, Listener } from './listen.ts';

/** Opens one stream and acts on what comes. Closed when the person changes: it would tell one about the other. */
export async function followStream(
  { session, openStream }: ListenDeps,
  { credential, accessToken }: { credential: Credential; accessToken: string },
  { signal, hearNotices }: Listener,
): Promise<void> {
  // Put away while the token was on its way: the signal has told whom it had to tell.
  if (signal.aborted) return;
  const { credentials, subscribe } = session;
  const stream = new AbortController();
  const close = () => stream.abort();
  signal.addEventListener('abort', close, { signal: stream.signal });
  const stopWatching = subscribe(() => {
    if (!credentials.isCurrent(credential)) close();
  });
  const hear = (event: LiveEvent): void => {
    if (!credentials.isCurrent(credential)) return;
    if (event.kind === 'notices') hearNotices(event.notices);
    // Replaced by a sign-in of this same browser, whose tab announces it within a moment: nobody should see the
    // sign-in screen flash by. If it does not, the next stream is refused, and that is the end.
    else if (event.reason !== 'replaced') credentials.reportRevoked(credential, event.reason);
  };
  try {
    await openStream(accessToken, { signal: stream.signal, hear });
  } finally {
    stopWatching();
    close();
  }
}
