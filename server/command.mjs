// @ts-check
// `npm run users -- …`, `npm run client -- …`, `npm run keys -- …`, `npm run db -- …`: see commands/.
import { join } from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';

const [name = ''] = process.argv.splice(2, 1);
await ensureBuilt();
await import(join(import.meta.dirname, `../dist/server/${name}.mjs`));
