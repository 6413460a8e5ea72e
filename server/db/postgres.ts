import { PostgresDialect } from 'kysely';
import { Pool, types, TypeOverrides, type PoolConfig } from 'pg';
import { createStatementNames, PostgresConnection } from './postgres-connection.ts';

export interface PostgresSettings {
  /** `postgres://…`, with whatever libpq's options it names, such as `sslmode`. */
  url: string;
  /** Connections that are open at most; each serves one statement or transaction at a time. */
  poolSize: number;
  /** Of connections that nobody was using: they are replaced by themselves. */
  onIdleError?: (error: Error) => void;
}

/** Milliseconds until a connection must be there: above what a busy pool takes, below what a caller waits. */
const CONNECT_TIMEOUT = 3_000;

/** Milliseconds for one statement. Each of ours takes one or two; whatever takes this long would not end well. */
const STATEMENT_TIMEOUT = 5_000;

/** Milliseconds for which a transaction may wait for us in the middle. We died, or our host is gone: its locks must not stay. */
const IDLE_IN_TRANSACTION_TIMEOUT = 5_000;

/** Milliseconds without an answer after which the connection is given up: beyond the server's own limit, nobody is there. */
const SILENCE_TIMEOUT = STATEMENT_TIMEOUT + 2_000;

/** Seconds after which a connection is replaced, so that a pool finds its way to a server that took over. */
const MAX_LIFETIME = 3_600;

/** `int8`, as times and counters are stored, is a number here: none of ours comes near 2^53. */
const TYPES = new TypeOverrides();
TYPES.setTypeParser(types.builtins.INT8, Number);

/** What every connection of ours has in common. */
export function connectionOptions(url: string) {
  return {
    connectionString: url,
    application_name: 'sallyport',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
  } satisfies PoolConfig;
}

/**
 * Connections that serve a statement or a transaction, or are being opened for one; those that are open and serve none; and calls
 * that wait until one is free.
 */
export interface PoolUsage {
  used: number;
  idle: number;
  waiting: number;
}

/**
 * Kysely's dialect on a pool whose connections prepare their statements, repeat what can be repeated, and say `busy`; and a look
 * at that pool.
 */
export function createPostgresDialect({ url, poolSize, onIdleError = () => {} }: PostgresSettings): {
  dialect: PostgresDialect;
  usage: () => PoolUsage;
} {
  const pool = new Pool({
    ...connectionOptions(url),
    max: poolSize,
    maxLifetimeSeconds: MAX_LIFETIME,
    statement_timeout: STATEMENT_TIMEOUT,
    lock_timeout: STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
    query_timeout: SILENCE_TIMEOUT,
    types: TYPES,
  });
  const usage = () => ({
    used: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  });
  return { dialect: dialectOn(pool, onIdleError), usage };
}

/** For migrations, which take as long as they take, and wait for another process that migrates. One connection. */
export function createPatientPostgresDialect(url: string): PostgresDialect {
  return dialectOn(new Pool({ ...connectionOptions(url), max: 1, types: TYPES }), () => {});
}

function dialectOn(pool: Pool, onIdleError: (error: Error) => void): PostgresDialect {
  pool.on('error', onIdleError);
  // Of a connection in use, the statement under way tells its caller. Without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => {}));
  const names = createStatementNames();
  return new PostgresDialect({
    pool: {
      connect: () => PostgresConnection.open(pool, names),
      end: () => pool.end(),
    },
  });
}
