import type { SignedIn } from '../../../shared/account.ts';
import type { Failure } from '../failure.ts';
import type { EndCause } from './state.ts';

/** What the server made of a refresh. `retryAfter` is in seconds. */
export type RefreshOutcome =
  | { kind: 'renewed'; signedIn: SignedIn }
  | { kind: 'ended'; cause: EndCause }
  | { kind: 'unavailable'; connection: 'unreachable' | 'busy'; retryAfter?: number | undefined };

/** Only the server's word about the session ends it; everything else is a matter of trying again. */
export function outcomeOf({ reason, retryAfter, ended }: Failure): RefreshOutcome {
  switch (reason) {
    case 'token_missing':
    case 'token_invalid':
    case 'token_expired':
      return { kind: 'ended', cause: 'expired' };
    case 'session_revoked':
      return { kind: 'ended', cause: ended ?? 'revoked' };
    case 'throttled':
    case 'busy':
      return { kind: 'unavailable', connection: 'busy', retryAfter };
    default:
      return { kind: 'unavailable', connection: 'unreachable', retryAfter };
  }
}
