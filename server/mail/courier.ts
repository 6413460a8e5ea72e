import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '../db/connect.ts';
import { createBell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { NO_OBSERVER, type Observer } from '../lib/observer.ts';
import { createSealing, type Secrets } from '../lib/sealing.ts';
import { HAND_OVER_LIMIT, type Carrier } from './carrier.ts';
import type { Mail } from './mail.ts';
import { claimMail, deleteMail, insertMail, MAIL_KEPT, postponeMail, type ClaimedMail } from './store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds between looks at what is due again, or was left by another process. */
const LOOK_INTERVAL = 10 * SECOND;

/** Milliseconds for the mail under way once the process stops. Below what a stop may take in all, see main.ts. */
const CLOSE_LIMIT = 5 * SECOND;

/**
 * Milliseconds from a commit to its hand-over. The database blocks this process, for as long as the disk takes: a claim
 * right after the commit could come before the answer to the request, and the answer would take as long as what is
 * done with that mail. Whoever asks for a new password could read from the clock whether the address has an account.
 */
const WAKE_DELAY = 100;

/** Above what a hand-over can take, or two would have the same mail in hand. */
const CLAIM = 2 * HAND_OVER_LIMIT;

/** However long a server has been away, it is asked this often. */
const LONGEST_PAUSE = 5 * MINUTE;

/** Milliseconds to wait after so many failures in a row. */
export function backOff(failures: number): number {
  return Math.min(30 * SECOND * 2 ** (failures - 1), HOUR);
}

/**
 * Mail through the outbox, one after the other. At least once: a process that dies between the server's answer and
 * the deletion sends that mail again, under the same Message-ID.
 */
export function createMail({
  db,
  clock,
  log,
  secrets,
  carrier,
  observer = NO_OBSERVER,
  closeLimit = CLOSE_LIMIT,
  lookInterval = LOOK_INTERVAL,
  wakeDelay = WAKE_DELAY,
}: {
  db: Db;
  clock: Clock;
  log: Logger;
  secrets: Secrets;
  carrier: Carrier;
  observer?: Pick<Observer, 'mail'>;
  closeLimit?: number;
  lookInterval?: number;
  wakeDelay?: number;
}): Mail {
  const sealing = createSealing(secrets, 'outbox-sealing');
  const bell = createBell();
  const closing = new AbortController();
  let waking: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  // A server that is away is not asked once for every mail that waits.
  let failures = 0;
  let pausedUntil = -Infinity;

  async function handOverAll(): Promise<void> {
    for (;;) {
      // A hand-over that is under way finds new mail too: whoever is being answered at this moment is answered first.
      await nextTurn();
      const now = clock.now();
      if (closing.signal.aborted || now < pausedUntil) return;
      const mail = await claimMail(db, { now, until: now + CLAIM, sealing });
      if (!mail) return;
      await handOver(mail);
    }
  }

  async function handOver(mail: ClaimedMail): Promise<void> {
    // The verdict on the server stays as it was: nobody asked it.
    if (mail.to === '') {
      observer.mail('dropped');
      return deleteMail(db, mail.id);
    }
    const { bodies, attempts } = mail;
    const obstacle = findObstacle(mail, clock.now());
    if (obstacle || !bodies) {
      await deleteMail(db, mail.id);
      observer.mail('given_up');
      const { level, reason } = obstacle ?? UNREADABLE;
      return log[level]({ mail: mail.id, attempts: attempts - 1 }, `mail given up: ${reason}`);
    }
    const failure = await carrier.send({ ...mail, ...bodies });
    const now = clock.now();
    failures = failure?.kind === 'unavailable' ? failures + 1 : 0;
    if (failures > 0) pausedUntil = now + Math.min(backOff(failures), LONGEST_PAUSE);
    const about = { mail: mail.id, attempts: mail.attempts, ...failure?.detail };
    if (!failure) {
      observer.mail('sent');
      await deleteMail(db, mail.id);
      log.debug(about, 'mail handed over');
    } else if (failure.kind === 'refused' || now - mail.createdAt >= MAIL_KEPT) {
      observer.mail('given_up');
      await deleteMail(db, mail.id);
      log.error(about, 'mail given up');
    } else {
      observer.mail('postponed');
      await postponeMail(db, mail.id, now + backOff(mail.attempts));
      log.warn(about, 'mail postponed');
    }
  }

  function deliver(): Promise<void> {
    running ??= handOverAll()
      .catch((err: unknown) => log.error({ err }, 'outgoing mail failed'))
      .finally(() => (running = undefined));
    return running;
  }

  async function deliverWhenWoken(): Promise<void> {
    while (!closing.signal.aborted) {
      await bell.rung();
      clearTimeout(timer);
      await deliver();
      if (!closing.signal.aborted) timer = setTimeout(bell.ring, lookInterval).unref();
    }
  }

  return {
    enqueue: (trx, mail, now) => insertMail(trx, mail, { now, sealing }),
    wake() {
      if (closing.signal.aborted) return;
      waking ??= setTimeout(() => {
        waking = undefined;
        bell.ring();
      }, wakeDelay).unref();
    },
    start() {
      bell.ring();
      void deliverWhenWoken();
    },
    deliver,
    async close() {
      closing.abort();
      clearTimeout(timer);
      clearTimeout(waking);
      const limit = setTimeout(() => carrier.close(), closeLimit);
      await running;
      clearTimeout(limit);
      carrier.close();
    },
  };
}

interface Obstacle {
  level: 'warn' | 'error';
  reason: string;
}

const UNREADABLE: Obstacle = { level: 'error', reason: 'no secret of AUTH_SECRET opens it' };

function findObstacle({ createdAt, expiresAt = Infinity }: ClaimedMail, now: number): Obstacle | undefined {
  if (now - createdAt >= MAIL_KEPT) return { level: 'error', reason: 'too old to be news' };
  // Whoever gets a dead link asks for another one, of a mail server that has just come back.
  if (now >= expiresAt) return { level: 'warn', reason: 'its link is dead by now' };
  return undefined;
}
