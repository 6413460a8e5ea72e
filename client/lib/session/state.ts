import type { Profile } from '../../../shared/account.ts';
import type { EndReason } from '../../../shared/reasons.ts';

/**
 * Why nobody is signed in any more: as the server tells it, or because the session has run out. `revoked`: it was
 * ended, and the server does not say why.
 */
export type EndCause = EndReason | 'expired' | 'revoked';

/** `unreachable` and `busy` say nothing about who is signed in: the session keeps trying. */
export type Connection = 'ok' | 'unreachable' | 'busy';

/**
 * What the screens may know of the session. `restoring`: this browser has signed in before and the server has
 * not yet said whether that still holds.
 */
export type SessionState =
  | { status: 'restoring'; connection: Connection }
  | { status: 'signed_in'; connection: Connection; user: Profile }
  | { status: 'signed_out'; connection: 'ok'; cause: EndCause | undefined };
