import type { Db } from '../db/connect.ts';
import { createBell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Mail } from './mail.ts';
import { HAND_OVER_LIMIT, type Smtp } from './smtp.ts';
import { claimMail, deleteMail, insertMail, MAIL_KEPT, postponeMail, type ClaimedMail } from './store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds between looks at what is due again, or was left by another process. */
const LOOK_INTERVAL = 10 * SECOND;

/** Milliseconds for the mail under way once the process stops. Below what a stop may take in all, see main.ts. */
const CLOSE_LIMIT = 5 * SECOND;

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
  smtp,
  closeLimit = CLOSE_LIMIT,
  lookInterval = LOOK_INTERVAL,
}: {
  db: Db;
  clock: Clock;
  log: Logger;
  smtp: Smtp;
  closeLimit?: number;
  lookInterval?: number;
}): Mail {
  const bell = createBell();
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  // A server that is away is not asked once for every mail that waits.
  let failures = 0;
  let pausedUntil = -Infinity;

  async function handOverAll(): Promise<void> {
    while (!closing.signal.aborted && clock.now() >= pausedUntil) {
      const now = clock.now();
      const mail = await claimMail(db, { now, until: now + CLAIM });
      if (!mail) return;
      await handOver(mail);
    }
  }

  async function handOver(mail: ClaimedMail): Promise<void> {
    if (clock.now() - mail.createdAt >= MAIL_KEPT) {
      await deleteMail(db, mail.id);
      return log.error({ mail: mail.id, attempts: mail.attempts - 1 }, 'mail given up: too old to be news');
    }
    const failure = await smtp.send(mail);
    const now = clock.now();
    failures = failure?.kind === 'unavailable' ? failures + 1 : 0;
    if (failures > 0) pausedUntil = now + Math.min(backOff(failures), LONGEST_PAUSE);
    const about = { mail: mail.id, attempts: mail.attempts, ...failure?.detail };
    if (!failure) {
      await deleteMail(db, mail.id);
      log.debug(about, 'mail handed over');
    } else if (failure.kind === 'refused' || now - mail.createdAt >= MAIL_KEPT) {
      await deleteMail(db, mail.id);
      log.error(about, 'mail given up');
    } else {
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
    enqueue: (trx, mail, now) => insertMail(trx, mail, now),
    wake: bell.ring,
    start() {
      bell.ring();
      void deliverWhenWoken();
    },
    deliver,
    async close() {
      closing.abort();
      clearTimeout(timer);
      const limit = setTimeout(() => smtp.close(), closeLimit);
      await running;
      clearTimeout(limit);
      smtp.close();
    },
  };
}
