import { removeEvents } from '../audit/store.ts';
import { listOverdue } from '../accounts/erasure-store.ts';
import { removeMailTokens } from '../mail-tokens/store.ts';
import { MAIL_KEPT, removeMail } from '../mail/store.ts';
import { isLive } from '../sessions/decide.ts';
import { sweepSessions, type Sweep } from '../sessions/store.ts';
import { removeThrottles } from '../throttle/throttle-store.ts';
import type { Deps } from './deps.ts';
import { eraseOverdueAccount } from './erase-account.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** Whoever comes back with an ended session is told why for so long. No less than an access token can live. */
const ENDED_KEPT = DAY;

/** For machines whose clocks disagree. */
const EXPIRED_KEPT = HOUR;

const EVENTS_KEPT = 400 * DAY;

/** Rows at a time: about a millisecond, in which this process answers nobody else. */
const BATCH = 100;

/**
 * Removes what is of no more use to anybody: sessions that are over, links that are, accounts whose owners have left, events
 * older than 400 days, mail that came to nothing, and guesses that count no more. One round over everything, a small batch at
 * each step, so that whoever steps decides how fast.
 */
export async function* keepHouse({
  db,
  clock,
  log,
  sessionLimits,
}: Pick<Deps, 'db' | 'clock' | 'log' | 'sessionLimits'>): AsyncGenerator<void, void> {
  const isOver: Sweep['isOver'] = ({ revokedAt, ...session }) => {
    const now = clock.now();
    // By this clock alone: whatever the limits are set to later, a restart must still find it.
    if (revokedAt !== null) return now - revokedAt >= ENDED_KEPT;
    return !isLive({ ...session, revokedAt: null }, { now: now - EXPIRED_KEPT, limits: sessionLimits });
  };

  let after: string | undefined;
  do {
    after = await sweepSessions(db, { after, limit: BATCH, isOver });
    yield;
  } while (after !== undefined);
  while ((await removeMailTokens(db, { before: clock.now() - EXPIRED_KEPT, limit: BATCH })) > 0) yield;
  let erased: number;
  do {
    erased = 0;
    for (const id of await listOverdue(db, { now: clock.now(), limit: BATCH })) {
      if (await eraseOverdueAccount({ db, clock, log }, id)) erased += 1;
      yield;
    }
  } while (erased > 0);
  while ((await removeMail(db, { before: clock.now() - MAIL_KEPT, limit: BATCH })) > 0) yield;
  while ((await removeEvents(db, { before: clock.now() - EVENTS_KEPT, limit: BATCH })) > 0) yield;
  while ((await removeThrottles(db, { now: clock.now(), limit: BATCH })) > 0) yield;
}
