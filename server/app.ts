import type { FastifyInstance } from 'fastify';
import { MAX_ACCESS_TOKEN_TTL, type Config } from './config.ts';
import { connect, ping } from './db/connect.ts';
import { migrate } from './db/migrate.ts';
import type { Deps } from './flows/deps.ts';
import { watchQuietConnections } from './http/quiet-connections.ts';
import { createHttpServer } from './http/server.ts';
import { loadSigningKeys } from './keys/signing-keys.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { loadBlocklist } from './passwords/blocklist.ts';
import { createHasher } from './passwords/hasher.ts';
import { createRefreshTokens } from './sessions/refresh-token.ts';
import { createRevocations } from './sessions/revocations.ts';
import { listRevokedSince } from './sessions/store.ts';
import { createLimits, NO_LIMITS } from './throttle/limits.ts';
import { createAccessTokens } from './tokens/access-token.ts';

export interface App {
  http: FastifyInstance;
  deps: Deps;
  /** Refuses new work, lets running work finish, closes what was opened. Safe to call twice. */
  close(): Promise<void>;
}

/** What tests replace; everything else follows from the configuration. */
export interface Overrides {
  clock?: Clock;
  log?: Logger;
  /** Folder of the built client; left out in development, where Vite serves the pages. */
  clientFolder?: string;
}

/** The one composition root: opens the database, makes every dependency, wires the server. Does not listen. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLogger(config.logLevel);
  const db = connect(config.databaseFile);
  await migrate(db);
  const keys = await loadSigningKeys(db, { secrets: config.secrets, clock });
  const hasher = createHasher({ cost: config.bcryptCost });

  const revocations = createRevocations(MAX_ACCESS_TOKEN_TTL);
  for (const { id, revokedAt } of await listRevokedSince(db, clock.now() - MAX_ACCESS_TOKEN_TTL))
    revocations.add(id, revokedAt);

  const deps: Deps = {
    db,
    clock,
    log,
    hasher,
    blocklist: loadBlocklist(),
    accessTokens: createAccessTokens({ keys, clock, issuer: config.publicUrl, ttl: config.accessTokenTtl }),
    refreshTokens: createRefreshTokens(config.secrets),
    revocations,
    limits: config.rateLimit ? createLimits() : NO_LIMITS,
    sessionLimits: config,
    passwordMinLength: config.passwordMinLength,
  };

  let draining = false;
  const http = await createHttpServer({
    ...config,
    deps,
    jwks: keys.jwks,
    readiness: { ask: () => ping(db), draining: () => draining },
    settings: { passwordMinLength: config.passwordMinLength },
    clientFolder: overrides.clientFolder,
  });

  const closeQuietConnections = watchQuietConnections(http.server);

  return {
    http,
    deps,
    async close() {
      if (draining) return;
      draining = true;
      const drained = http.close();
      closeQuietConnections();
      await drained;
      await hasher.close();
      await db.destroy();
    },
  };
}
