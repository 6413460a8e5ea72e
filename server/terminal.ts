import { ConfigError, type Config } from './config.ts';
import { UnusableDatabaseError } from './db/connect.ts';
import { MoveError } from './db/move/move-error.ts';
import { UnreadableKeyError } from './keys/signing-key.ts';

/** What an operator reads when the server is up. Warnings go past the log: no level may hide them. */
export function announce({ rateLimit, publicUrl, mailPlace, port }: Config): void {
  if (!rateLimit) process.stderr.write('RATE_LIMIT=off: passwords can be guessed without limit\n');
  if (mailPlace === 'off')
    process.stderr.write(
      'SMTP_URL is not set: nobody can reset a password, or confirm or change an e-mail address\n',
    );
  // Not under PUBLIC_URL: what is between, such as a proxy for https, is not let in.
  const mailbox = `Mail is shown at http://localhost:${port}/dev/mailbox: SMTP_URL is not set\n`;
  process.stdout.write(`Sallyport is ready at ${publicUrl}\n${mailPlace === 'local' ? mailbox : ''}`);
}

/** Ends the process with one clear line for what an operator can mend; a stack only for what is a fault of ours. */
export function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(process.exitCode ?? 1);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError || error instanceof UnreadableKeyError || error instanceof MoveError)
    return error.message;
  const code = 'code' in error ? String(error.code) : '';
  const call = 'syscall' in error ? String(error.syscall) : '';
  if (code === 'EADDRINUSE') return 'PORT: already in use; stop the other process or choose another PORT';
  if (call === 'listen' && code === 'EACCES') return 'PORT: not allowed; choose one above 1023';
  if (call === 'listen' || call === 'getaddrinfo') return `HOST: cannot be listened on (${error.message})`;
  if (error instanceof UnusableDatabaseError || code.startsWith('SQLITE_'))
    return `DATABASE_URL: the database cannot be used (${error.message})`;
  // A file that may not be read: the message names it, a stack would only bury it.
  if (call !== '') return error.message;
  return error.stack ?? error.message;
}
