import type { LiveEvent } from '../../shared/session.ts';
import { Failure } from '../lib/failure.ts';
import { createBell } from '../lib/bell.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { readNotices } from './notices.ts';

/** A page needs one for all its tabs; more are a fault or an attempt to exhaust connections. */
const MAX_STREAMS = 12;

/** Seconds before another stream is worth an attempt. */
const RETRY_AFTER = 60;

/**
 * Tells a signed-in page what it cannot know: what has happened to the account, and that the session is over. Ends with
 * that, with the access token that opened it (the page opens another with its next), with `signal` and with the
 * process. Fails with `throttled` when the session has too many. Keeps looking instead of passing messages on: what it
 * says is what holds then.
 */
export async function* watchSession(
  deps: Deps,
  caller: CallerSession,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, void> {
  const { revocations, changes } = deps;
  if (changes.count(caller.id) >= MAX_STREAMS) throw new Failure('throttled', { retryAfter: RETRY_AFTER });
  const bell = createBell();
  const end = endOf(deps, caller, { signal, ring: bell.ring });
  const stops = [
    changes.on(caller.id, bell.ring),
    changes.on(caller.accountId, bell.ring),
    () => end.forget(),
  ];
  try {
    let told: string | undefined;
    let reason = revocations.reasonOf(caller.id);
    while (!reason && !end.reached()) {
      const notices = await readNotices(deps, caller);
      const text = JSON.stringify(notices);
      if (text !== told) yield { kind: 'notices', notices };
      told = text;
      await bell.rung();
      reason = revocations.reasonOf(caller.id);
    }
    if (reason) yield { kind: 'ended', reason };
  } finally {
    for (const stop of stops) stop();
  }
}

/** The reader has gone, the access token has run out, or the process stops; `ring` is called when one of them comes. */
function endOf(
  { changes, clock }: Pick<Deps, 'changes' | 'clock'>,
  { expiresAt }: CallerSession,
  { signal, ring }: { signal: AbortSignal; ring: () => void },
) {
  let expired = false;
  const expire = () => {
    expired = true;
    ring();
  };
  const timer = setTimeout(expire, Math.max(0, expiresAt - clock.now()));
  signal.addEventListener('abort', ring, { once: true });
  return {
    reached: () => expired || signal.aborted || changes.isClosed(),
    forget() {
      clearTimeout(timer);
      signal.removeEventListener('abort', ring);
    },
  };
}
