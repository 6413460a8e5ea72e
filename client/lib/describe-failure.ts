import type { Failure } from './failure.ts';
import { REASON_WORDS } from './reason-words.ts';
import { inWords } from './waiting-time.ts';

/** Seconds. Nobody waits this long for the next attempt: there are better ways. */
const DAY = 24 * 60 * 60;

/** What to tell the person: what happened, and what to do next. Undefined: nothing, it was somebody else's call. */
export function describeFailure(
  { reason, retryAfter }: Failure,
  { online }: { online: boolean },
): string | undefined {
  switch (reason) {
    case 'superseded':
      return undefined;
    case 'unreachable':
      return online
        ? 'The server did not answer. Try again in a moment.'
        : 'You are offline. Connect to the internet and try again.';
    case 'throttled':
      // The account takes no more guesses from strangers; another browser of its owner's is one.
      if (retryAfter !== undefined && retryAfter >= DAY)
        return `${REASON_WORDS.throttled} Set a new password by mail, or sign in from a browser that you have used here before.`;
      return `${REASON_WORDS.throttled} Try again ${retryAfter === undefined ? 'later' : inWords(retryAfter)}.`;
    case 'busy':
      return `${REASON_WORDS[reason]} Try again ${retryAfter === undefined ? 'later' : inWords(retryAfter)}.`;
    default:
      return REASON_WORDS[reason];
  }
}
