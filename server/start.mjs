// @ts-check
// `npm start`: runs the build, made anew when the sources have changed, in this very process, so that signals reach
// the server itself.
import { join } from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';

await ensureBuilt();
await import(join(import.meta.dirname, '../dist/server/main.mjs'));
