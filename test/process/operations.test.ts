import { createServer } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builtServer } from '../support/built-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { parseMetrics } from '../support/metrics.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { findFreePort } from '../support/free-port.mjs';
import { launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();
const LONG = { timeout: 30_000 };

/** For `node --import`; NODE_OPTIONS carries it to the process. */
function importing(folder: string, code: string): { NODE_OPTIONS: string } {
  const file = join(folder, 'imported.mjs');
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--import ${pathToFileURL(file).href}` };
}

/** Says at the end which of the packages were loaded. */
const TELL_LOADED = `
  import { createRequire } from 'node:module';
  const { cache } = createRequire(import.meta.url);
  process.on('exit', () => {
    const loaded = ['prom-client', '@opentelemetry/api'].filter((name) =>
      Object.keys(cache).some((file) => file.includes('/node_modules/' + name + '/')));
    process.stderr.write(JSON.stringify(loaded));
  });
`;

describe('metrics', LONG, () => {
  test('are on a port of their own, on loopback, and go when the server goes', async () => {
    const folder = temporaryFolder();
    const METRICS_PORT = String(await findFreePort());
    const env = { METRICS_PORT, ...importing(folder, TELL_LOADED) };
    const { base, child, exit } = await startProcess({ main: main(), folder, env });
    await createWebClient(base).register();
    await createWebClient(base).signIn();
    const response = await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`);
    const samples = parseMetrics(await response.text());
    expect(samples.get('sallyport_sign_ins_total{outcome="success"}')).toBe(1);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect((await fetch(`${base}/metrics`)).status).toBe(404);
    child.kill('SIGTERM');
    // The one loads the other.
    expect(await exit).toMatchObject({ code: 0, stderr: '["prom-client","@opentelemetry/api"]' });
  });

  test('cost nobody anything who has not asked for them: not even their library is loaded', async () => {
    const folder = temporaryFolder();
    const { base, child, exit } = await startProcess({
      main: main(),
      folder,
      env: importing(folder, TELL_LOADED),
    });
    await createWebClient(base).register();
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0, stderr: '[]' });
  });

  test('whose port is taken stop the start with one line that names it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const env = {
      PORT: String(await findFreePort()),
      METRICS_PORT: String(Object(other.address()).port),
    };
    const { code, stderr, stdout } = await (
      await launch({ main: main(), folder: temporaryFolder(), env })
    ).exit;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^METRICS_PORT: [^\n]*EADDRINUSE[^\n]*\n$/);
  });
});

test('an SDK that is loaded before the server is given its spans', LONG, async () => {
  const folder = temporaryFolder();
  const sdk = pathToFileURL(
    join(PROJECT_ROOT, 'node_modules/@opentelemetry/sdk-trace-node/build/src/index.js'),
  ).href;
  const env = importing(
    folder,
    `import sdk from '${sdk}';
     const exporter = {
       export(spans, done) {
         for (const { name } of spans) process.stderr.write(name + '\\n');
         done({ code: 0 });
       },
       shutdown: async () => {},
     };
     const spanProcessors = [new sdk.SimpleSpanProcessor(exporter)];
     new sdk.NodeTracerProvider({ spanProcessors }).register();`,
  );
  const { base, child, exit } = await startProcess({ main: main(), folder, env });
  await createWebClient(base).register();
  child.kill('SIGTERM');
  const { code, stderr } = await exit;
  expect([code, stderr.trim().split('\n')]).toEqual([0, ['hash password', 'POST /trpc/auth.register']]);
});
