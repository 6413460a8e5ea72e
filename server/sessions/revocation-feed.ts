import type { EndReason } from '../../shared/reasons.ts';
import type { Db } from '../db/connect.ts';
import type { ForeignWrites } from '../db/foreign-writes.ts';
import type { Clock } from '../lib/clock.ts';
import type { Revocations } from './revocations.ts';
import { listRevoked, listRevokedSince } from './revocation-store.ts';
import { findSession } from './store.ts';

/** Milliseconds between looks at what other processes have ended. */
export const LOOK_INTERVAL = 100;

/** Milliseconds without a look after which memory is not believed: this process has been stopped or starved. */
const STALE_AFTER = 2_000;

/** Milliseconds: a writer that has the lock notes the time, and what it writes is there to be seen a little later. */
const OVERLAP = 10_000;

/**
 * Sessions that wait to be looked up, all in one statement, which takes 65,535 values. Of more, as somebody may invent who can
 * write to the channel, nothing is kept: all that has ended is read instead.
 */
const MOST_HEARD = 5_000;

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
  /** The database has told that this session may have ended. It is read what became of it; of those that come meanwhile all at once. */
  hear(sessionId: string): Promise<void>;
}

export function createRevocationFeed({
  db,
  clock,
  revocations,
  memory,
  watch,
}: {
  db: Db;
  clock: Clock;
  revocations: Revocations;
  /** The longest life of an access token, in milliseconds: how far back to read at the first look. */
  memory: number;
  /** What others have written since it was asked last. */
  watch: () => Promise<ForeignWrites>;
}): RevocationFeed {
  let from = clock.now() - memory;
  /** Has been written and was not read yet; stays so when reading fails. */
  let owed: 'something' | 'anything' | undefined;
  let lookedAt = -Infinity;
  let heard = new Set<string>();
  let reading: Promise<void> | undefined;

  async function readHeard(): Promise<void> {
    while (heard.size > 0) {
      const ids = [...heard];
      heard = new Set();
      try {
        for (const session of await listRevoked(db, ids)) revocations.add(session);
      } catch (error) {
        owed = 'anything';
        heard = new Set();
        throw error;
      }
    }
  }

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
      const written = await watch();
      if (written === 'unasked' && !owed) return;
      if (written === 'anything') owed = 'anything';
      if (written === 'something') owed ??= 'something';
      if (owed) {
        if (owed === 'anything') from = now - memory;
        // What comes to be owed from here on this look may not see any more.
        owed = undefined;
        try {
          // The clock may have been set back since the last look; what is ended by it then is noted as earlier.
          const revoked = await listRevokedSince(db, Math.min(from, now - OVERLAP));
          for (const session of revoked) revocations.add(session);
        } catch (error) {
          // From where this one began, and `anything` if that is what it has become.
          owed ??= 'something';
          throw error;
        }
      }
      from = now - OVERLAP;
      lookedAt = now;
    },
    hear(sessionId) {
      if (heard.size < MOST_HEARD) heard.add(sessionId);
      else owed = 'anything';
      reading ??= readHeard().finally(() => (reading = undefined));
      return reading;
    },
  };
}
