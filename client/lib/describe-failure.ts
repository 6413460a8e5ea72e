import type { Failure } from './failure.ts';
import { REASON_WORDS } from './reason-words.ts';
import { inWords } from './waiting-time.ts';

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
    case 'busy':
      return `${REASON_WORDS[reason]} Try again ${retryAfter === undefined ? 'later' : inWords(retryAfter)}.`;
    default:
      return REASON_WORDS[reason];
  }
}
