import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfig } from '../config.ts';
import { backUp } from '../db/move/backup.ts';
import { MoveError } from '../db/move/move-error.ts';
import { systemClock as clock } from '../lib/clock.ts';
import { createProgressBar } from './progress-bar.ts';
import { createStop } from './stop.ts';

/** `npm run db -- backup [FILE]`. */
export async function backUpDatabase(path: string | undefined): Promise<void> {
  const { database } = readConfig();
  if (database.engine === 'postgres')
    throw new MoveError(
      'DATABASE_URL: is PostgreSQL, which has its own way: pg_dump --format=custom --file=FILE "$DATABASE_URL"',
    );
  if (!existsSync(database.file)) throw new MoveError(`there is no database at ${database.file}`);
  const to = path ?? join(dirname(database.file), `sallyport-${stamp()}.db`);
  if (existsSync(to)) throw new MoveError(`${to}: is there already, and stays as it is`);
  const stop = createStop('nothing was written');
  const bar = createProgressBar(process.stderr, 100);
  let shown = 0;
  try {
    const size = await backUp(database.file, to, (done, total) => {
      stop.check();
      const percent = (100 * done) / Math.max(1, total);
      bar.advance(percent - shown);
      shown = percent;
    });
    bar.end();
    process.stdout.write(`${to}: ${size} bytes, sound; it has everybody's password hash\n`);
  } finally {
    bar.end();
    stop.end();
  }
}

/** As `2026-11-28T04-05-06Z`: no colon, which some systems have no file names with. */
function stamp(): string {
  return new Date(clock.now()).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
}
