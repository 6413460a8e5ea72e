import { parseArgs } from 'node:util';
import { fail } from '../terminal.ts';
import { backUpDatabase } from './backup-database.ts';
import { copyDatabase, readPlace } from './copy-database.ts';

const USAGE = `Usage: npm run db -- copy --from URL --to URL    makes the second database what the first one is, and verifies it
       npm run db -- backup [FILE]              copies SQLite's file while the server runs; by default beside it

URL is sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE. A copy that was broken off goes on when it is called
again; made again, it brings what has changed since. docs/MIGRATING.md has the whole of a move, and of a restore.
`;

type Work = () => Promise<void>;

/** `npm run db`: what an operator does to the whole database, also while the server runs. */
async function main(words: string[]): Promise<void> {
  const work = readCopy(words) ?? readBackup(words);
  if (work) return work();
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

/** Undefined for anything that is not exactly this command. */
function readCopy([verb, ...words]: string[]): Work | undefined {
  if (verb !== 'copy') return undefined;
  const { from, to } = readOptions(words) ?? {};
  const places = { from: readPlace(from ?? ''), to: readPlace(to ?? '') };
  if (!places.from || !places.to) return undefined;
  const { from: source, to: target } = places;
  return () => copyDatabase({ from: source, to: target });
}

function readBackup([verb, path, ...more]: string[]): Work | undefined {
  const isPath = path === undefined || (path !== '' && !path.startsWith('-'));
  return verb === 'backup' && isPath && more.length === 0 ? () => backUpDatabase(path) : undefined;
}

function readOptions(words: string[]) {
  try {
    return parseArgs({ args: words, options: { from: { type: 'string' }, to: { type: 'string' } } }).values;
  } catch {
    // What it says quotes the word, which may be a URL with a password.
    return undefined;
  }
}

main(process.argv.slice(2)).catch(fail);
