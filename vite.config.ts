import { readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { spreadNatively } from './server/native-spread.mjs';

const root = import.meta.dirname;
const clientOutput = join(root, 'dist/client');

/** Writes `.br` and `.gz` beside each built text asset, so that the server never compresses while it serves. */
function precompress(): Plugin {
  return {
    name: 'sallyport:precompress',
    applyToEnvironment: (environment) => environment.name === 'client',
    async writeBundle() {
      const folder = join(clientOutput, 'assets');
      const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const file = join(folder, name);
          const content = await readFile(file);
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(content, quality));
          await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
        }),
      );
    },
  };
}

/** Files that the server reads at run time, next to the bundle as they are next to their source. */
function serverAssets(): Plugin {
  return {
    name: 'sallyport:server-assets',
    applyToEnvironment: (environment) => environment.name === 'ssr',
    async generateBundle() {
      const source = await readFile(join(root, 'server/passwords/blocklist.bin'));
      this.emitFile({ type: 'asset', fileName: 'blocklist.bin', source });
    },
  };
}

/** Packages that the built server finds in `node_modules`; whatever else it needs is in its bundle. */
const OUTSIDE = [
  // Compiled for the machine.
  'better-sqlite3',
  // Start threads from files of their own.
  'piscina',
  'pino',
  // Known by its class, so it is the copy that the operator's SDK has: server/tracing/open-telemetry.ts.
  '@opentelemetry/api',
  // Loaded by those whom they serve.
  'pino-pretty',
  'pg',
  'nodemailer',
  'prom-client',
  '@zxcvbn-ts/core',
  '@zxcvbn-ts/language-common',
  '@zxcvbn-ts/language-en',
  // See server/http/schema-compilers.ts.
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
];

/** Hundreds of small files take longer to find than to run: in one piece the server starts 0.1 s sooner. */
function bundlePackages(): Plugin {
  return {
    name: 'sallyport:bundle-packages',
    // In development Vite serves the server's sources, and runs no CommonJS.
    apply: 'build',
    configEnvironment: (name) =>
      name === 'ssr' ? { resolve: { noExternal: true, external: OUTSIDE } } : undefined,
  };
}

const tests = {
  setupFiles: ['test/support/fail-on-noise.ts'],
  environment: 'node',
  testTimeout: 30_000, // for a busy machine; no test waits for it
  // No test keeps state in a module, so workers need not load the whole server anew for each file.
  isolate: false,
};

export default defineConfig({
  root: join(root, 'client'),
  // The project's own variables are the server's: nothing of `.env` may reach the browser's bundle.
  envDir: false,
  plugins: [react(), tailwindcss(), precompress(), serverAssets(), bundlePackages(), spreadNatively()],
  builder: {},
  environments: {
    client: {
      build: {
        outDir: clientOutput,
        emptyOutDir: true,
        // swagger-ui comes in one piece, and is for /docs only.
        chunkSizeWarningLimit: 1600,
        rolldownOptions: { input: [join(root, 'client/index.html'), join(root, 'client/docs.html')] },
      },
    },
    ssr: {
      build: {
        outDir: join(root, 'dist/server'),
        emptyOutDir: true,
        ssr: true,
        copyPublicDir: false,
        rolldownOptions: {
          input: {
            main: join(root, 'server/main.ts'),
            client: join(root, 'server/commands/client.ts'),
            users: join(root, 'server/commands/users.ts'),
            keys: join(root, 'server/commands/keys.ts'),
            db: join(root, 'server/commands/db.ts'),
            'bcrypt-worker': join(root, 'server/passwords/bcrypt-worker.mjs'),
            'strength-worker': join(root, 'server/passwords/strength-worker.mjs'),
          },
          output: { entryFileNames: '[name].mjs' },
        },
      },
    },
  },
  test: {
    root,
    // On two cores Vitest would use one, and a third of the time nobody computes: many tests wait for a process or a disk.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // What comes over HTTP once more through tRPC's own adapter: two ways, one behaviour.
      {
        test: {
          ...tests,
          name: 'adapter',
          include: ['test/server/http/**/*.test.ts'],
          exclude: ['test/server/http/{plain-call,same-answers}.test.ts'],
          env: { PLAIN_CALLS: 'off' },
        },
      },
      {
        test: {
          ...tests,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/bench/**', 'test/postgres/**'],
        },
      },
      {
        // What touches the database, once more on PostgreSQL.
        test: {
          ...tests,
          name: 'postgres',
          include: ['test/{advisories,postgres,process,races,server}/**/*.test.ts'],
          // Of SQLite's own file, or of no database at all.
          exclude: [
            'test/server/{commands,lib,passwords,tokens}/**',
            'test/server/db/{migrate,sqlite}.test.ts',
            'test/server/sessions/{decide,device,refresh-token,size}.test.ts',
            'test/server/{account-row,config}.test.ts',
            'test/process/{bundle,dev,npm-start}.test.ts',
          ],
          globalSetup: ['test/support/postgres-setup.ts'],
        },
      },
    ],
  },
});
