import type { Db } from '../db/connect.ts';
import type { Dpop } from '../dpop/dpop.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Changes } from '../lib/changes.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Observer } from '../lib/observer.ts';
import type { Slots } from '../lib/slots.ts';
import type { Mail, MailPlace } from '../mail/mail.ts';
import type { Hasher } from '../passwords/hasher.ts';
import type { PasswordPolicy } from '../passwords/policy.ts';
import type { SessionLimits } from '../sessions/decide.ts';
import type { RefreshTokens } from '../sessions/refresh-token.ts';
import type { RevocationFeed } from '../sessions/revocation-feed.ts';
import type { Revocations } from '../sessions/revocations.ts';
import type { Limits } from '../throttle/limits.ts';
import type { AccessTokens } from '../tokens/access-token.ts';

/** Everything a use case may need, made once in app.ts. Each flow names the part it takes. */
export interface Deps {
  db: Db;
  clock: Clock;
  log: Logger;
  observer: Observer;
  hasher: Hasher;
  passwordPolicy: PasswordPolicy;
  keys: KeyRing;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  revocations: Revocations;
  revocationFeed: RevocationFeed;
  /** Keyed by session and by account: tells live streams to look again. */
  changes: Changes;
  mail: Mail;
  /** `sent`: an account is made only once its address is shown to be the person's. `off`: there are no links at all. */
  mailPlace: MailPlace;
  dpop: Dpop;
  /** Live streams, by account. */
  streams: Slots;
  limits: Limits;
  sessionLimits: SessionLimits;
  /** Milliseconds. */
  accessTokenTtl: number;
  /** Whether a client may trade a person's password for tokens (RFC 6749 §4.3); our own pages always may. */
  passwordGrant: boolean;
  /** For links in mail. */
  publicUrl: string;
}
