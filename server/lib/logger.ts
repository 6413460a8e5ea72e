import { pino, type DestinationStream, type Logger } from 'pino';
import type { Tracing } from './tracing.ts';

export type { Logger };

/** Names under which a secret could reach a log line by mistake; their values are replaced before writing. */
const SECRETS = [
  'password',
  'authorization',
  'cookie',
  'set-cookie',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
];

export interface LoggerOptions {
  /** Whose ids a line carries that is written within a span. */
  tracing?: Tracing | undefined;
  /** Left out: stdout. */
  destination?: DestinationStream | undefined;
}

/** JSON lines, one each. */
export function createLogger(level: string, { tracing, destination }: LoggerOptions = {}): Logger {
  const redact = SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
  const options = {
    level,
    redact,
    serializers: { err: describeError },
    base: null,
    ...(tracing && { mixin: withTrace(tracing) }),
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Lines as people read them, where stdout is a terminal. What makes them is loaded there only. */
export async function readableLines(): Promise<DestinationStream | undefined> {
  if (!process.stdout.isTTY) return undefined;
  const { default: pretty } = await import('pino-pretty');
  return pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss' });
}

/** Lines of a request have its ids already; this is for what else is said while one is answered. */
function withTrace(tracing: Tracing): (line: object, level: number, log: Logger) => object {
  return (_line, _level, log) => ('traceId' in log.bindings() ? {} : (tracing.activeIds() ?? {}));
}

/**
 * What it is and where it came from, its causes included. Whatever else an error carries stays out: PostgreSQL's `detail`
 * quotes the very row, and a mail server's reply the password.
 */
function describeError(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { type, message, stack } = pino.stdSerializers.err(thrown);
  return { type, message, stack, ...('code' in thrown && { code: thrown.code }) };
}
