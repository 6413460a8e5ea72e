import { databaseUrl } from '../config-values.ts';
import type { DatabasePlace } from '../db/connect.ts';
import { MoveError } from '../db/move/move-error.ts';
import { moveDatabase } from '../db/move/move-database.ts';
import { Failure } from '../lib/failure.ts';
import { createProgressBar } from './progress-bar.ts';
import { createStop } from './stop.ts';

const SQLITE = 'sqlite:';

/** Undefined for what names no database that is still there when the command has ended. */
export function readPlace(url: string): DatabasePlace | undefined {
  if (!databaseUrl.safeParse(url).success) return undefined;
  if (!url.startsWith(SQLITE)) return { engine: 'postgres', url, poolSize: 1 };
  const file = url.slice(SQLITE.length);
  return file === '' || file === ':memory:' ? undefined : { engine: 'sqlite', file };
}

/** `npm run db -- copy`. */
export async function copyDatabase(places: { from: DatabasePlace; to: DatabasePlace }): Promise<void> {
  const stop = createStop('the same command goes on from here');
  let endBar = () => {};
  try {
    const { rows, tables, written, removed } = await moveDatabase(places, (total) => {
      const bar = createProgressBar(process.stderr, total);
      endBar = () => bar.end();
      return (seen) => {
        stop.check();
        bar.advance(seen);
      };
    });
    endBar();
    process.stdout.write(
      `copied: ${written}; taken out: ${removed}; verified: ${rows} rows in ${tables} tables are the same on both sides\n` +
        'If a server still uses the old database: stop it, and copy once more\n',
    );
  } catch (error) {
    endBar();
    throw explain(error);
  } finally {
    stop.end();
  }
}

/** A connection that was lost on the way. */
function explain(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const { cause } = error;
  const reason = cause instanceof Error ? cause.message : error.message;
  return new MoveError(`PostgreSQL is away (${reason}): the same command goes on from here`, {
    cause: error,
  });
}
