// @ts-check
// `npm run build`, and what `npm start` imports when the sources have changed. Builds both sides into dist/.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBuilder } from 'vite';
import { hashSources, STAMP } from './build-stamp.mjs';

// What is built is what people get, also where NODE_ENV=test makes the server's passwords cheap: React would
// otherwise be built for development, at half as much again.
const { NODE_ENV } = process.env;
process.env['NODE_ENV'] = 'production';
// A build that breaks off halfway must not pass for one of these sources.
rmSync(STAMP, { force: true });
const sources = hashSources();
const builder = await createBuilder({
  configFile: join(import.meta.dirname, '../vite.config.ts'),
  logLevel: 'warn',
});
await builder.buildApp();
writeFileSync(STAMP, sources);
if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
else process.env['NODE_ENV'] = NODE_ENV;
