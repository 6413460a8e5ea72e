import { createApp, type App } from './app.ts';
import { readConfig } from './config.ts';
import { CLIENT_FOLDER } from './http/pages.ts';
import { announce, fail } from './terminal.ts';

/** Milliseconds for running requests to finish after SIGTERM. Below the ten seconds that containers are given. */
const DRAIN_LIMIT = 8000;

async function main(): Promise<void> {
  const config = readConfig();
  const app = await createApp(config, { clientFolder: CLIENT_FOLDER });
  stopOnSignal(app, config.drainDelay);
  await app.http.listen({ port: config.port, host: config.host });
  announce(config);
}

/** SIGINT comes from somebody at the keyboard, and nobody has to be told first. */
function stopOnSignal(app: App, drainDelay: number): void {
  const stop = () => {
    setTimeout(() => app.http.server.closeAllConnections(), DRAIN_LIMIT).unref();
    app.close().then(() => process.exit(0), fail);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', () => {
    app.drain();
    setTimeout(stop, drainDelay);
  });
}

main().catch(fail);
