import type { Client, Notification } from 'pg';
import { z } from 'zod';
import { repeat } from '../lib/repeat.ts';
import type { Logger } from '../lib/logger.ts';
import { within } from '../lib/within.ts';

/** As the triggers of migration 0006 have it. */
const CHANNEL = 'sallyport';

/** Milliseconds between questions whether the connection is alive: one that is cut without a word looks like a quiet one. */
const HEARTBEAT = 1_000;

/** Milliseconds for an answer. */
const PATIENCE = 1_000;

/** Milliseconds until it is tried again, after a connection was lost or not to be had. */
const RECONNECT = 200;

/** What others have committed: `ended`, the id of a session; `noticed`, the id of an account that has news. */
const messageSchema = z.templateLiteral([z.enum(['ended', 'noticed']), ' ', z.uuidv7()]);

export type Subject = 'ended' | 'noticed';

/** A connection on which PostgreSQL tells of commits (https://www.postgresql.org/docs/current/sql-notify.html). */
export interface Listener {
  isListening(): boolean;
  /** True when it did not listen for a while, since `takeMissed` was called last. At the beginning it never has. */
  hasMissed(): boolean;
  takeMissed(): boolean;
  /** From here on it listens, and connects again by itself as often as it has to. */
  start(): void;
  close(): Promise<void>;
}

/**
 * Whoever is let into the database can send such a message, so it is a hint where to look and never more: `hear` must
 * read what it is about.
 */
export function createListener({
  connect,
  hear,
  log,
}: {
  connect: () => Promise<Client>;
  hear: (subject: Subject, id: string) => void;
  log: Logger;
}): Listener {
  let client: Client | undefined;
  let hasMissed = true;
  let isTold = false;
  let stop = async (): Promise<void> => {};

  function lose(lost: Client): void {
    if (client !== lost) return;
    client = undefined;
    hasMissed = true;
    // Without a goodbye, which a dead peer would never answer.
    lost.end().catch(() => {});
    log.warn('the connection that tells of other processes is lost: looking by turns until it is back');
  }

  function receive({ payload = '' }: Notification): void {
    const message = messageSchema.safeParse(payload);
    if (!message.success) return;
    const [subject, id = ''] = message.data.split(' ');
    hear(subject === 'ended' ? 'ended' : 'noticed', id);
  }

  async function open(): Promise<void> {
    const opened = await connect();
    opened.on('error', () => lose(opened));
    opened.on('end', () => lose(opened));
    opened.on('notification', receive);
    try {
      await opened.query(`listen ${CHANNEL}`);
    } catch (error) {
      opened.end().catch(() => {});
      throw error;
    }
    client = opened;
    isTold = false;
    // What was committed before this moment has been told to nobody.
    hasMissed = true;
  }

  async function beat(): Promise<number> {
    if (!client) await open();
    const asked = client;
    try {
      await asked?.query('select 1');
      return HEARTBEAT;
    } catch {
      if (asked) lose(asked);
      return RECONNECT;
    }
  }

  return {
    isListening: () => client !== undefined,
    hasMissed: () => hasMissed,
    takeMissed() {
      const missed = hasMissed;
      hasMissed = client === undefined;
      return missed && client !== undefined;
    },
    start() {
      stop = repeat(beat, {
        first: 0,
        failed(err) {
          // The first time for an operator to see: PostgreSQL may be reached and yet not let us listen.
          log[isTold ? 'debug' : 'warn']({ err }, 'nobody tells of other processes: looking by turns');
          isTold = true;
          return RECONNECT;
        },
      });
    },
    async close() {
      await stop();
      const last = client;
      client = undefined;
      if (last) await within(PATIENCE, last.end());
    },
  };
}

/** For `createListener`: a connection outside the pool, which it would take a place of for ever. */
export function listenAt(url: string): () => Promise<Client> {
  return async () => {
    const [{ Client }, { connectionOptions }] = await Promise.all([import('pg'), import('./postgres.ts')]);
    const client = new Client({
      ...connectionOptions(url),
      // As an operator finds it in pg_stat_activity: it is not one of the pool's.
      application_name: 'sallyport listener',
      query_timeout: PATIENCE,
    });
    // It can be cut in the very moment in which it is there, before anybody else listens for that: the process would end.
    client.on('error', () => {});
    await client.connect();
    return client;
  };
}
