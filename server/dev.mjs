// @ts-check
// `npm run dev`: server and pages in one process on one port. Vite serves the pages and reloads them; a change
// under server/ or shared/ closes the running app and makes a new one, in about a tenth of a second.
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { createServer as createVite } from 'vite';

const root = join(import.meta.dirname, '..');

const http = createHttpServer();
const vite = await createVite({
  configFile: join(root, 'vite.config.ts'),
  appType: 'spa',
  server: { middlewareMode: { server: http }, hmr: { server: http } },
  plugins: [pageSettings()],
});

const { announce, fail } = await vite.ssrLoadModule('/../server/terminal.ts');
const { insertSettings, isApiPath, isReferencePath } = await vite.ssrLoadModule('/../server/http/pages.ts');
let { app, config } = await load().catch(fail);
http.on('request', (request, response) => {
  if (isReferencePath(request.url ?? '')) request.url = '/docs.html';
  if (isApiPath(request.url ?? '')) app.http.routing(request, response);
  else vite.middlewares(request, response);
});
http.on('error', fail);
http.listen(config.port, config.host, () => announce(config));

let reloading = Promise.resolve();
vite.watcher.on('change', (file) => {
  if (!/[/\\](server|shared)[/\\].*\.(ts|mjs|bin)$/.test(file)) return;
  reloading = reloading.then(reload);
});

async function load() {
  const { readConfig } = await vite.ssrLoadModule('/../server/config.ts');
  const { createApp } = await vite.ssrLoadModule('/../server/app.ts');
  const config = readConfig();
  const app = await createApp(config);
  await app.http.ready();
  return { app, config };
}

/** A change that does not load leaves the last good app running, and says so. */
async function reload() {
  const previous = app;
  // Vite hears of the change too, but perhaps after us: then it would hand out the old modules once more.
  vite.environments.ssr.moduleGraph.invalidateAll();
  try {
    ({ app, config } = await load());
    await previous.close();
    process.stdout.write('server reloaded\n');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

/** The settings that the built server writes into the page. */
function pageSettings() {
  return {
    name: 'sallyport:page-settings',
    /** @param {string} html */
    transformIndexHtml(html) {
      return insertSettings(html, { passwordMinLength: config.passwordMinLength, mail: config.mailPlace });
    },
  };
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => void stop());
}

async function stop() {
  http.close();
  http.closeAllConnections();
  await vite.close();
  await app.close();
  process.exit(0);
}
