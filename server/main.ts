import { setFlagsFromString } from 'node:v8';
import { createApp, type App } from './app.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { CLIENT_FOLDER } from './http/pages.ts';
import { announce, fail } from './terminal.ts';

/** Milliseconds for running requests to finish after SIGTERM. Below the ten seconds that containers are given. */
const DRAIN_LIMIT = 8000;

/**
 * Percent by which the heap may grow before it is cleared again. V8 chooses up to 300 where much is made and dropped in little
 * time: a hundred thousand people who came with a new token each took 370 MB, of which 60 were in use.
 */
const HEAP_GROWTH = 50;

async function main(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  const config = readConfig();
  const app = await createApp(config, { clientFolder: CLIENT_FOLDER });
  stopOnSignal(app, config.drainDelay);
  await listenForMetrics(app, config);
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

/** First: a server that cannot be watched as it was told to be does not start. */
async function listenForMetrics({ metricsServer }: App, { metrics }: Config): Promise<void> {
  if (!metricsServer || !metrics) return;
  try {
    await metricsServer.listen(metrics);
  } catch (cause) {
    const { message } = cause instanceof Error ? cause : { message: String(cause) };
    throw new ConfigError(`METRICS_PORT: cannot be listened on (${message})`, { cause });
  }
}

main().catch(fail);
