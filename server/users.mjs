// @ts-check
// `npm run users -- …`: see users.ts.
import { join } from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';

await ensureBuilt();
await import(join(import.meta.dirname, '../dist/server/users.mjs'));
