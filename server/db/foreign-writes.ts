import { sql } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Db } from './connect.ts';
import type { Listener } from './listener.ts';

/**
 * What other processes have committed since it was asked last: `nothing`; `something` just now; `anything`, also what was
 * missed and is old. Or `unasked`: the database was not asked, since it speaks of itself.
 */
export type ForeignWrites = 'unasked' | 'nothing' | 'something' | 'anything';

/** Milliseconds after which everything is read once more that another process may have written: it may have been stopped in the middle. */
const REREAD_AFTER = 60_000;

const answerSchema = z.tuple([z.object({ data_version: z.number() })]);

/**
 * SQLite answers from memory that the processes share (https://sqlite.org/pragma.html#pragma_data_version). A fresh one
 * says yes.
 */
export function watchFile(db: Db, clock: Clock): () => Promise<ForeignWrites> {
  let seen: number | undefined;
  /** Infinitely late while nobody else writes. */
  let rereadAt = Infinity;
  return async () => {
    const now = clock.now();
    const { rows } = await sql`pragma data_version`.execute(db);
    const [{ data_version: version }] = answerSchema.parse(rows);
    const isChanged = version !== seen;
    seen = version;
    if (isChanged) rereadAt = Math.min(rereadAt, now + REREAD_AFTER);
    if (now >= rereadAt) {
      rereadAt = Infinity;
      return 'anything';
    }
    return isChanged ? 'something' : 'nothing';
  };
}

/** Milliseconds between looks while PostgreSQL tells of itself: a connection can be dead without anybody having noticed. */
const CHECK_INTERVAL = 1_000;

/**
 * PostgreSQL tells at each commit (LISTEN). While nobody listens, since the connection was cut, one has to look each time; and
 * once it is there again, everything is to be read that was missed.
 */
export function watchServer(listener: Listener, clock: Clock): () => Promise<ForeignWrites> {
  let askedAt = -Infinity;
  let rereadAt = -Infinity;
  return async () => {
    const now = clock.now();
    const isListening = listener.isListening();
    if (isListening && !listener.hasMissed() && Math.abs(now - askedAt) < CHECK_INTERVAL) return 'unasked';
    askedAt = now;
    if (listener.takeMissed() || (!isListening && now >= rereadAt)) {
      rereadAt = now + REREAD_AFTER;
      return 'anything';
    }
    return 'something';
  };
}
