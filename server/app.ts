import type { FastifyInstance } from 'fastify';
import { startBackground } from './background.ts';
import { MAX_ACCESS_TOKEN_TTL, type Config } from './config.ts';
import { openDatabase, ping } from './db/connect.ts';
import { watchFile, watchServer } from './db/foreign-writes.ts';
import { createListener, listenAt, type Subject } from './db/listener.ts';
import { createDpop } from './dpop/dpop.ts';
import { isDeviceOf } from './devices/store.ts';
import type { Deps } from './flows/deps.ts';
import { ownOrigins } from './http/origin-check.ts';
import { watchQuietConnections } from './http/quiet-connections.ts';
import type { MetricsServer } from './http/metrics-server.ts';
import { createHttpServer } from './http/server.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { createChanges } from './lib/changes.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { createLogger, readableLines, type Logger } from './lib/logger.ts';
import { NO_OBSERVER } from './lib/observer.ts';
import { createSlots } from './lib/slots.ts';
import { createMail } from './mail/courier.ts';
import { clearLocalMail, createLocalMailbox } from './mail/local-mailbox.ts';
import { NO_MAIL } from './mail/mail.ts';
import { createBreaches, NO_BREACHES } from './passwords/breaches.ts';
import { createHasher } from './passwords/hasher.ts';
import { createPasswordPolicy } from './passwords/policy.ts';
import { createStrengthEstimator } from './passwords/strength.ts';
import { createRefreshTokens } from './sessions/refresh-token.ts';
import { createRevocationFeed } from './sessions/revocation-feed.ts';
import { createRevocations } from './sessions/revocations.ts';
import { startMetrics } from './start-metrics.ts';
import { createLimits, NO_LIMITS } from './throttle/limits.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { findTracing } from './tracing/find-tracing.ts';

/** Live streams of one person: a browser needs one for all its tabs. */
const MAX_STREAMS = 20;

export interface App {
  http: FastifyInstance;
  deps: Deps;
  /** With `METRICS_PORT`; does not listen yet. */
  metricsServer: MetricsServer | undefined;
  /** Goes on serving, but says at `/readyz` that it is about to stop, and asks whoever calls to connect elsewhere next time. */
  drain(): void;
  /** Refuses new work, lets running work finish, closes what was opened. Safe to call twice. */
  close(): Promise<void>;
}

/** What tests replace; everything else follows from the configuration. */
export interface Overrides {
  clock?: Clock;
  log?: Logger;
  /** Folder of the built client; left out in development, where Vite serves the pages. */
  clientFolder?: string;
  /** False: what is done at intervals is not done of itself. */
  background?: boolean;
}

/** The one composition root: opens the database, makes every dependency, wires the server. Does not listen. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const tracing = await findTracing();
  const log = overrides.log ?? createLogger(config.logLevel, { tracing, destination: await readableLines() });
  const metrics = config.metrics && (await startMetrics());
  const observer = metrics?.observer ?? NO_OBSERVER;
  const db = await openDatabase(config.database, {
    // Only what it says: the driver hangs the whole connection on its error.
    onIdleError: ({ message: reason }) => log.warn({ reason }, 'a connection to the database was cut'),
  });
  const keys = await createKeyRing({
    db,
    clock,
    log,
    secrets: config.secrets,
    alg: config.signingAlg,
    rotation: config.keyRotation,
    tokenLife: MAX_ACCESS_TOKEN_TTL,
  });
  const hasher = createHasher({ cost: config.bcryptCost, log, observer, tracing });
  const strength = createStrengthEstimator(log);

  const changes = createChanges();
  const revocations = createRevocations(MAX_ACCESS_TOKEN_TTL, changes);
  const memory = MAX_ACCESS_TOKEN_TTL;
  const listener =
    config.database.engine === 'postgres'
      ? createListener({
          connect: listenAt(config.database.url),
          log,
          hear: (subject, id) => hear(subject, id),
        })
      : undefined;
  const watch = listener ? watchServer(listener, clock) : watchFile(db, clock);
  const revocationFeed = createRevocationFeed({ db, clock, revocations, memory, watch });
  await revocationFeed.look();

  const mailbox = config.mailPlace === 'local' ? createLocalMailbox(db) : undefined;
  if (!mailbox) await clearLocalMail(db);
  // Its library is loaded where it is needed, and nowhere else.
  const carrier = config.mail ? (await import('./mail/smtp.ts')).createSmtp(config.mail) : mailbox;

  const deps: Deps = {
    db,
    clock,
    log,
    observer,
    hasher,
    passwordPolicy: createPasswordPolicy({
      minLength: config.passwordMinLength,
      strength,
      breaches: config.pwnedPasswords ? createBreaches({ service: config.pwnedPasswords, log }) : NO_BREACHES,
    }),
    keys,
    accessTokens: createAccessTokens({ keys, clock, issuer: config.publicUrl, ttl: config.accessTokenTtl }),
    refreshTokens: createRefreshTokens(config.secrets),
    revocations,
    revocationFeed,
    changes,
    streams: createSlots(MAX_STREAMS),
    mailPlace: config.mailPlace,
    mail: carrier ? createMail({ db, clock, log, secrets: config.secrets, carrier, observer }) : NO_MAIL,
    limits: config.rateLimit
      ? createLimits({ db, clock, secrets: config.secrets, isKnownDevice: isDeviceOf, observer })
      : NO_LIMITS,
    sessionLimits: config,
    dpop: createDpop({ secrets: config.secrets, clock, origins: ownOrigins(config.publicUrl) }),
    accessTokenTtl: config.accessTokenTtl,
    passwordGrant: config.passwordGrant,
    publicUrl: config.publicUrl,
  };

  let isDraining = false;
  let closing: Promise<void> | undefined;
  const isFollowing = overrides.background !== false;
  const ask = async () => {
    await ping(db);
    if (isFollowing && !revocationFeed.isFresh()) throw new Error('what other processes ended is not known');
  };
  const http = await createHttpServer({
    ...config,
    deps,
    readiness: { ask, draining: () => isDraining },
    tracing,
    mailbox,
    settings: { passwordMinLength: config.passwordMinLength, mail: config.mailPlace },
    clientFolder: overrides.clientFolder,
  });

  if (isFollowing) listener?.start();
  const metricsServer = metrics?.serve(deps);
  const stopBackground = isFollowing ? startBackground(deps) : async () => {};
  const closeQuietConnections = watchQuietConnections(http.server);

  return {
    http,
    deps,
    metricsServer,
    drain,
    close: () => (closing ??= shut()),
  };

  function drain(): void {
    isDraining = true;
  }
  async function shut(): Promise<void> {
    drain();
    changes.close();
    const drained = http.close();
    closeQuietConnections();
    // Beside the requests: what they still have to say stays in the outbox.
    await Promise.all([drained, deps.mail.close()]);
    await stopBackground();
    await listener?.close();
    await hasher.close();
    await strength.close();
    await metricsServer?.close();
    await db.destroy();
  }
  function hear(subject: Subject, id: string): void {
    if (subject === 'noticed') changes.announce(id);
    else
      revocationFeed
        .hear(id)
        .catch((err: unknown) => log.error({ err }, 'a session that has ended was not read'));
  }
}
