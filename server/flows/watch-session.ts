import type { LiveEvent } from '../../shared/session.ts';
import { createBell } from '../lib/bell.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { readNotices } from './notices.ts';

/**
 * Tells a signed-in page what it cannot know: what has happened to the account, and that the session is over. Ends with
 * that, with the access token that opened it (the page opens another with its next), with `signal`, with the process,
 * and when the person has opened too many others. Keeps looking instead of passing messages on: what it says is what
 * holds then.
 */
export async function* watchSession(
  deps: Deps,
  caller: CallerSession,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, void> {
  const { revocations, changes } = deps;
  const bell = createBell();
  const end = endOf(deps, caller, { signal, ring: bell.ring });
  const stops = [
    changes.on(caller.id, bell.ring),
    changes.on(caller.accountId, bell.ring),
    () => end.forget(),
  ];
  try {
    let reason = revocations.reasonOf(caller.id);
    while (!reason && !end.reached()) {
      // Also when they are the same as before: that something has changed is news, the list of sessions for instance.
      yield { kind: 'notices', notices: await readNotices(deps, caller) };
      await bell.rung();
      reason = revocations.reasonOf(caller.id);
    }
    if (reason) yield { kind: 'ended', reason };
  } finally {
    for (const stop of stops) stop();
  }
}

/** The reader has gone, the token has run out, others need the place, or the process stops; then `ring` is called. */
function endOf(
  { changes, clock, streams }: Pick<Deps, 'changes' | 'clock' | 'streams'>,
  { accountId, expiresAt }: CallerSession,
  { signal, ring }: { signal: AbortSignal; ring: () => void },
) {
  let isOver = false;
  const finish = () => {
    isOver = true;
    ring();
  };
  const timer = setTimeout(finish, Math.max(0, expiresAt - clock.now()));
  // A phone that changes its network leaves streams behind that nobody reads: the newest is the one that is wanted.
  const release = streams.claim(accountId, finish);
  signal.addEventListener('abort', ring, { once: true });
  return {
    reached: () => isOver || signal.aborted || changes.isClosed(),
    forget() {
      clearTimeout(timer);
      release();
      signal.removeEventListener('abort', ring);
    },
  };
}
