import type { Db } from '../db/connect.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Blocklist } from '../passwords/blocklist.ts';
import type { Hasher } from '../passwords/hasher.ts';
import type { SessionLimits } from '../sessions/decide.ts';
import type { RefreshTokens } from '../sessions/refresh-token.ts';
import type { Revocations } from '../sessions/revocations.ts';
import type { Limits } from '../throttle/limits.ts';
import type { AccessTokens } from '../tokens/access-token.ts';

/** Everything a use case may need, made once in app.ts. Each flow names the part it takes. */
export interface Deps {
  db: Db;
  clock: Clock;
  log: Logger;
  hasher: Hasher;
  blocklist: Blocklist;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  revocations: Revocations;
  limits: Limits;
  sessionLimits: SessionLimits;
  passwordMinLength: number;
}
