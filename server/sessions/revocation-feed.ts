import type { EndReason } from '../../shared/reasons.ts';
import type { Db } from '../db/connect.ts';
import { watchForeignWrites } from '../db/foreign-writes.ts';
import type { Clock } from '../lib/clock.ts';
import type { Revocations } from './revocations.ts';
import { findSession, listRevokedSince } from './store.ts';

/** Milliseconds between looks at what other processes have ended. */
export const LOOK_INTERVAL = 100;

/** Milliseconds without a look after which memory is not believed: this process has been stopped or starved. */
const STALE_AFTER = 2_000;

/** Milliseconds: a writer notes the time, and may then wait for the lock before its commit is there to be seen. */
const OVERLAP = 10_000;

/** Brings the revocations of other processes on the same database, such as `npm run users -- disable`. */
export interface RevocationFeed {
  /** False when memory may lack what others have ended: then the database must be asked. */
  isFresh(): boolean;
  /** Why the session is over, as the database says. A session that is not there is over too. */
  ask(sessionId: string): Promise<EndReason | undefined>;
  /** One look. Fails when the database does not answer. */
  look(): Promise<void>;
}

export function createRevocationFeed({
  db,
  clock,
  revocations,
  since,
}: {
  db: Db;
  clock: Clock;
  revocations: Revocations;
  /** How far back to read at the first look; milliseconds since the epoch. */
  since: number;
}): RevocationFeed {
  const haveOthersWritten = watchForeignWrites(db);
  let from = since;
  /** Others have written and it has not been read yet; stays so when reading fails. */
  let isBehind = false;
  let lookedAt = -Infinity;

  return {
    isFresh: () => Math.abs(clock.now() - lookedAt) <= STALE_AFTER,
    async ask(sessionId) {
      const session = await findSession(db, sessionId);
      return session ? (session.revokedReason ?? undefined) : 'signed_out';
    },
    async look() {
      const now = clock.now();
      if (await haveOthersWritten()) isBehind = true;
      if (isBehind) {
        // The clock may have been set back since the last look; what is ended by it then is noted as earlier.
        const revoked = await listRevokedSince(db, Math.min(from, now - OVERLAP));
        for (const session of revoked) revocations.add(session);
        isBehind = false;
      }
      from = now - OVERLAP;
      lookedAt = now;
    },
  };
}
