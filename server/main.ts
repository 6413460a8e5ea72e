import { createApp, type App } from './app.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { CLIENT_FOLDER } from './http/pages.ts';
import { UnreadableKeyError } from './keys/signing-keys.ts';

/** Milliseconds for running requests to finish after SIGTERM; then whoever still reads or writes is cut off. */
const DRAIN_LIMIT = 10_000;

async function main(): Promise<void> {
  const config = readConfig();
  const app = await createApp(config, { clientFolder: CLIENT_FOLDER });
  stopOnSignal(app);
  await app.http.listen({ port: config.port, host: config.host });
  announce(config, app);
}

function announce(config: Config, { deps }: App): void {
  if (!config.rateLimit) deps.log.warn('RATE_LIMIT=off: passwords can be guessed without limit');
  process.stdout.write(`Sallyport is ready at ${config.publicUrl}\n`);
}

function stopOnSignal(app: App): void {
  const stop = () => {
    setTimeout(() => app.http.server.closeAllConnections(), DRAIN_LIMIT).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** One clear line for what an operator can mend; a stack only for what is a fault of ours. */
function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError || error instanceof UnreadableKeyError) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  const call = 'syscall' in error ? String(error.syscall) : '';
  if (code === 'EADDRINUSE') return 'PORT: already in use; stop the other process or choose another PORT';
  if (call === 'listen' && code === 'EACCES') return 'PORT: not allowed; choose one above 1023';
  if (call === 'listen' || call === 'getaddrinfo') return `HOST: cannot be listened on (${error.message})`;
  if (code.startsWith('SQLITE_')) return `DATABASE_URL: the database cannot be used (${error.message})`;
  // A folder that is missing, a file that may not be read: the message names it, a stack would only bury it.
  if (call !== '') return error.message;
  return error.stack ?? error.message;
}

main().catch(fail);
