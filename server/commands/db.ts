import { join } from 'node:path';
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { databaseUrl } from '../config-values.ts';
import { BackupError, backUp } from '../db/backup.ts';
import { UncopiableRowError } from '../db/copy.ts';
import { fail } from '../terminal.ts';
import { copyDatabase, CopyError } from './copy-database.ts';

const USAGE = `Usage: npm run db -- copy --from URL --to URL   the same data in another database; may be broken off and done again
       npm run db -- backup [FILE]             a copy of the SQLite database, also while the server runs

URL: sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE
`;

type Task = { verb: 'copy'; from: string; to: string } | { verb: 'backup'; to: string | undefined };

/** `npm run db`: what an operator does to the database as a whole. */
async function main(words: string[]): Promise<void> {
  const task = readTask(words);
  if (!task) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  try {
    await (task.verb === 'copy' ? copyDatabase(task) : makeBackup(task.to));
  } catch (error) {
    const isExpected = [BackupError, CopyError, UncopiableRowError].some((kind) => error instanceof kind);
    if (!(error instanceof Error) || !isExpected) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function readTask([verb, ...words]: string[]): Task | undefined {
  if (verb === 'backup' && words.length <= 1 && !words[0]?.startsWith('-')) return { verb, to: words[0] };
  if (verb !== 'copy') return undefined;
  try {
    const { values } = parseArgs({
      args: words,
      options: { from: { type: 'string' }, to: { type: 'string' } },
    });
    const { from = '', to = '' } = values;
    const isUsable = [from, to].every((url) => databaseUrl.safeParse(url).success);
    return isUsable ? { verb, from, to } : undefined;
  } catch {
    return undefined;
  }
}

async function makeBackup(given: string | undefined): Promise<void> {
  const { database } = readConfig();
  if (database.engine === 'postgres')
    throw new BackupError('DATABASE_URL is PostgreSQL: back it up with pg_dump, see docs/DEPLOYMENT.md');
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const to = given ?? join(database.file, `../backup-${stamp}.db`);
  await backUp(database.file, to);
  process.stdout.write(`${to}: ${statSync(to).size} bytes, with everybody's password hash\n`);
}

main(process.argv.slice(2)).catch(fail);
