// @ts-check
// Opens and migrates the database file it is given as soon as it is told to: prints `ready`, waits for a line on
// stdin, prints `migrated`. A process of its own, because SQLite's locks only matter between processes.
import { once } from 'node:events';
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [, , file = ''] = process.argv;
const db = join(import.meta.dirname, '../../server/db');
/** @type {{ module: typeof import('../../server/db/connect.ts') }} */
const { module: connecting } = await runnerImport(join(db, 'connect.ts'));
/** @type {{ module: typeof import('../../server/db/migrate.ts') }} */
const { module: migrating } = await runnerImport(join(db, 'migrate.ts'));

process.stdout.write('ready\n');
await once(process.stdin, 'data');
const database = connecting.connectFile(file);
await migrating.migrate(database);
await connecting.ping(database);
await database.destroy();
process.stdout.write('migrated\n');
process.stdin.destroy();
