import { Failure } from '../lib/failure.ts';

/** Seconds after which a database that is away may be back. */
const RETRY_AFTER = 1;

/**
 * The database does not answer, or not in time: `busy` to whoever calls, wherever in the code it is met. `undone`: whatever
 * was under way on that connection has certainly not happened.
 */
export class DatabaseAwayError extends Failure {
  readonly undone: boolean;

  constructor(cause: unknown, { undone }: { undone: boolean }) {
    super('busy', { retryAfter: RETRY_AFTER, cause });
    this.undone = undone;
  }
}

/**
 * What PostgreSQL itself has said, by its fields (https://www.postgresql.org/docs/current/protocol-error-fields.html): its driver,
 * which has a class for it, is not loaded where SQLite is used.
 */
function stateOf(error: unknown): string | undefined {
  return error instanceof Error && 'severity' in error && 'code' in error ? String(error.code) : undefined;
}

/** SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) of what lost against another writer. Nothing has been done. */
const LOST = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);

/** Somebody else's row came or went between the look and the write: the next try sees it. Or it was a mistake all along. */
const CONTRADICTED = new Set([
  '23505', // unique_violation
  '23503', // foreign_key_violation
]);

/** Connections that are refused or cut: the server stops, starts, or has no room. */
const AWAY = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25006', // read_only_sql_transaction: another server has taken over, and this one only reads now
  '53300', // too_many_connections
]);

/** Stopped for taking too long. The connection is good. */
const TOO_LONG = new Set([
  '57014', // query_canceled, by statement_timeout
  '55P03', // lock_not_available, by lock_timeout
]);

/** What a statement that was prepared before a migration says once: its answer has other columns now. */
export function isStalePlan(error: unknown): boolean {
  return (
    stateOf(error) === '0A000' &&
    error instanceof Error &&
    error.message.includes('cached plan must not change result type')
  );
}

/** True when the same would succeed once the other one is done. */
export function hasLost(error: unknown): boolean {
  return isStalePlan(error) || LOST.has(stateOf(error) ?? '');
}

export function isContradicted(error: unknown): boolean {
  return CONTRADICTED.has(stateOf(error) ?? '');
}

/** What the driver says of a connection that broke, was not to be had, or did not answer: it has no codes for that. */
const OF_THE_DRIVER =
  /^(Connection terminated|Client (was closed|has encountered)|timeout exceeded|Query read timeout|timeout expired)/;

/** True when the connection is of no more use, or there was none. */
export function isCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = stateOf(error);
  // `08…` is PostgreSQL's class of connection exceptions, `E…` the system's codes, such as ECONNREFUSED.
  if (state !== undefined) return AWAY.has(state) || state.startsWith('08');
  const isOfTheSystem = 'code' in error && /^E[A-Z]+$/.test(String(error.code));
  return isOfTheSystem || OF_THE_DRIVER.test(error.message);
}

/** What the callers of the database see. An error of PostgreSQL's own that is none of these is a fault of ours, and stays what it is. */
export function translate(error: unknown, { undone }: { undone: boolean }): unknown {
  if (error instanceof Failure) return error;
  if (isCut(error)) return new DatabaseAwayError(error, { undone });
  if (TOO_LONG.has(stateOf(error) ?? '')) return new DatabaseAwayError(error, { undone: true });
  return error;
}
