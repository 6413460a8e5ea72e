import type { EndReason } from '../../shared/reasons.ts';
import type { Db } from '../db/connect.ts';
import { watchForeignWrites } from '../db/foreign-writes.ts';
import type { Clock } from '../lib/clock.ts';
import type { Revocations } from './revocations.ts';
import { listRevokedSince } from './revocation-store.ts';
import { findSession } from './store.ts';

/** Milliseconds between looks at what other processes have ended. */
export const LOOK_INTERVAL = 100;

/** Milliseconds without a look after which memory is not believed: this process has been stopped or starved. */
const STALE_AFTER = 2_000;

/** Milliseconds: a writer that has the lock notes the time, and what it writes is there to be seen a little later. */
const OVERLAP = 10_000;

/** Milliseconds after which everything is read once more that another process may have written: it may have been stopped in the middle. */
const REREAD_AFTER = 60_000;

/** Brings the revocations of other processes on the same database, such as `npm run users -- disable`. */
export interface RevocationFeed {
  /** False when memory may lack what others have ended: then the database must be asked. */
  isFresh(): boolean;
  /** Milliseconds since the last look. */
  lag(): number;
  /** What the database says of the session; undefined while it goes on. One that is not there is over, nobody knows why. */
  ask(sessionId: string): Promise<{ reason: EndReason | undefined } | undefined>;
  /** One look. Fails when the database does not answer. */
  look(): Promise<void>;
}

export function createRevocationFeed({
  db,
  clock,
  revocations,
  memory,
}: {
  db: Db;
  clock: Clock;
  revocations: Revocations;
  /** The longest life of an access token, in milliseconds: how far back to read at the first look. */
  memory: number;
}): RevocationFeed {
  const haveOthersWritten = watchForeignWrites(db);
  let from = clock.now() - memory;
  /** Others have written and it has not been read yet; stays so when reading fails. */
  let isBehind = false;
  /** When to read everything again; infinitely late while nobody else writes. */
  let rereadAt = Infinity;
  let lookedAt = -Infinity;

  return {
    isFresh: () => Math.abs(clock.now() - lookedAt) <= STALE_AFTER,
    lag: () => clock.now() - lookedAt,
    async ask(sessionId) {
      const session = await findSession(db, sessionId);
      if (!session) return { reason: undefined };
      return session.revokedReason === null ? undefined : { reason: session.revokedReason };
    },
    async look() {
      const now = clock.now();
      if (await haveOthersWritten()) {
        isBehind = true;
        rereadAt = Math.min(rereadAt, now + REREAD_AFTER);
      }
      if (now >= rereadAt) from = now - memory;
      if (isBehind || now >= rereadAt) {
        // The clock may have been set back since the last look; what is ended by it then is noted as earlier.
        const revoked = await listRevokedSince(db, Math.min(from, now - OVERLAP));
        for (const session of revoked) revocations.add(session);
        if (now >= rereadAt) rereadAt = Infinity;
        isBehind = false;
      }
      from = now - OVERLAP;
      lookedAt = now;
    },
  };
}
