import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolUsage } from '../db/postgres.ts';
import { MAIL_OUTCOMES, REFRESH_OUTCOMES, SIGN_IN_OUTCOMES, type Observer } from '../lib/observer.ts';
import { within } from '../lib/within.ts';

/** Seconds: `auth.me` takes a tenth of the first, a sign-in at cost 12 a third of one. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const HASH_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10, 20];

/** Milliseconds for the database's answer: whoever collects gives up after ten seconds, and would then see nothing at all. */
const PATIENCE = 1_000;

/** What is there to be looked at when somebody asks. Times in seconds. */
export interface Sources {
  hashes: () => { waiting: number; running: number };
  /** Since the last look at what other processes have ended. */
  feedLag: () => number;
  revocations: () => number;
  /** Of the whole database. */
  waitingMail: () => Promise<number>;
  /** Of this process; there is none on SQLite. */
  pool: (() => PoolUsage) | undefined;
}

export interface Metrics {
  observer: Observer;
  /** From now on these are shown too. */
  follow(sources: Sources): void;
  contentType: string;
  /** In Prometheus' text format 0.0.4. */
  read(): Promise<string>;
}

/**
 * Counters of this process, with a registry of its own. Counters whose labels are known begin at zero, so that the first
 * of anything is seen as an increase. `limits` are the names that `throttled` is told. docs/OPERATIONS.md explains each;
 * a test holds the two against each other.
 */
export function createMetrics({ limits }: { limits: readonly string[] }): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const counter = <Label extends string>(name: string, help: string, label: Label) =>
    new Counter({ name, help, labelNames: [label], registers });

  const signIns = counter('sallyport_sign_ins_total', 'Sign-ins by how they ended', 'outcome');
  const refreshes = counter('sallyport_refreshes_total', 'Refreshes by how they ended', 'outcome');
  const throttled = counter('sallyport_throttled_total', 'Refusals by the limit that was met', 'limit');
  const mails = counter('sallyport_mails_total', 'Attempts to send a mail by how they ended', 'outcome');
  const reuses = new Counter({
    name: 'sallyport_refresh_token_reuse_total',
    help: 'Sessions ended because a replaced refresh token came back',
    registers,
  });
  const hashTime = new Histogram({
    name: 'sallyport_password_hash_duration_seconds',
    help: 'Time of a password hash, waiting included',
    buckets: HASH_BUCKETS,
    registers,
  });
  const computingTime = new Histogram({
    name: 'sallyport_password_hash_computing_seconds',
    help: 'Time of a password hash in its thread',
    buckets: HASH_BUCKETS,
    registers,
  });
  const requests = new Histogram({
    name: 'sallyport_http_request_duration_seconds',
    help: 'Time to the end of an answer, by route and class of status',
    labelNames: ['route', 'status'],
    buckets: REQUEST_BUCKETS,
    registers,
  });

  for (const outcome of SIGN_IN_OUTCOMES) signIns.inc({ outcome }, 0);
  for (const outcome of REFRESH_OUTCOMES) refreshes.inc({ outcome }, 0);
  for (const outcome of MAIL_OUTCOMES) mails.inc({ outcome }, 0);
  for (const limit of limits) throttled.inc({ limit }, 0);

  return {
    observer: {
      signIn: (outcome) => signIns.inc({ outcome }),
      refresh: (outcome) => refreshes.inc({ outcome }),
      reuse: () => reuses.inc(),
      throttled: (limit) => throttled.inc({ limit }),
      hashed({ total, computing }) {
        hashTime.observe(total);
        computingTime.observe(computing);
      },
      mail: (outcome) => mails.inc({ outcome }),
      request: ({ route = 'none', status, seconds }) =>
        requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds),
    },
    follow: (sources) => addGauges(register, sources),
    contentType: register.contentType,
    read: () => register.metrics(),
  };
}

function addGauges(register: Registry, { hashes, feedLag, revocations, waitingMail, pool }: Sources): void {
  const gauge = (name: string, help: string, read: () => number) =>
    register.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  gauge('sallyport_password_hashes_waiting', 'Password hashes in the queue', () => hashes().waiting);
  gauge('sallyport_password_hashes_running', 'Password hashes being computed', () => hashes().running);
  gauge(
    'sallyport_revocation_feed_lag_seconds',
    'Time since the last look at what other processes have ended',
    feedLag,
  );
  gauge('sallyport_revocations', 'Ended sessions that are held in memory', revocations);
  if (pool) {
    gauge(
      'sallyport_database_connections_used',
      'Connections that serve a call or are being opened for one',
      () => pool().used,
    );
    gauge('sallyport_database_connections_idle', 'Open connections that serve none', () => pool().idle);
    gauge(
      'sallyport_database_calls_waiting',
      'Calls that wait until a connection is free',
      () => pool().waiting,
    );
  }
  const mails = new Gauge({
    name: 'sallyport_mails_waiting',
    help: 'Mails in the outbox, of all processes',
    registers: [],
    async collect() {
      // Left out while the database does not answer, which /readyz tells: everything else must still be seen.
      const count = await within(PATIENCE, waitingMail()).catch(() => undefined);
      if (count === undefined) this.remove();
      else this.set(count);
    },
  });
  register.registerMetric(mails);
}
