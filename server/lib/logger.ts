import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

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

/** JSON lines on stdout; readable ones when stdout is a terminal. */
export function createLogger(level: string): Logger {
  const redact = SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
  const options = { level, redact, base: null };
  return process.stdout.isTTY
    ? pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss' }))
    : pino(options);
}
