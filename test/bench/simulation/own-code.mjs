// @ts-check
import { join } from 'node:path';
import { createServer } from 'vite';

/**
 * The server's own modules, as they are: what is simulated is the world around them. `load` takes a path below `server/`.
 *
 * @typedef {{ load: (file: string) => Promise<Record<string, unknown>>, close: () => Promise<void> }} OwnCode
 *
 * @returns {Promise<OwnCode>}
 */
export async function openOwnCode() {
  const vite = await createServer({
    configFile: join(import.meta.dirname, '../../../vite.config.ts'),
    server: { middlewareMode: true, watch: null },
    logLevel: 'warn',
  });
  return {
    load: (file) => vite.ssrLoadModule(`/../server/${file}`),
    close: () => vite.close(),
  };
}
