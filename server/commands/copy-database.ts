import { existsSync } from 'node:fs';
import { openDatabase, type DatabasePlace, type Db } from '../db/connect.ts';
import { COPIED_TABLES } from '../db/copied-tables.ts';
import { copyTable, countRows, sumTable, withSnapshot } from '../db/copy.ts';
import { listKeys } from '../keys/store.ts';
import { createProgressBar } from './progress-bar.ts';

export class CopyError extends Error {
  override readonly name = 'CopyError';
}

/**
 * `npm run db -- copy`. Copies, then compares every table by count and checksum with the moment that was copied. A line for each
 * table on standard output; no URL is printed, since it may hold a password.
 */
export async function copyDatabase({ from, to }: { from: string; to: string }): Promise<void> {
  if (from === to) throw new CopyError('--from and --to are the same database');
  const origin = placeOf(from);
  if (origin.engine === 'sqlite' && !existsSync(origin.file))
    throw new CopyError(`${origin.file}: there is no database`);
  const source = await openDatabase(origin);
  const target = await openDatabase(placeOf(to));
  try {
    await refuseForeign(source, target);
    await withSnapshot(source, (snapshot) => copyAll(snapshot, target));
  } finally {
    await Promise.all([source.destroy(), target.destroy()]);
  }
}

async function copyAll(source: Db, target: Db): Promise<void> {
  let total = 0;
  for (const table of COPIED_TABLES) total += await countRows(source, table);
  // Each row is read to be copied, and once more on either side to be compared.
  const bar = createProgressBar(process.stderr, 3 * total);
  const advance = (rows: number) => bar.advance(rows);
  const written = new Map<string, string>();
  for (const table of COPIED_TABLES) {
    const outcome = await copyTable({ source, target }, table, advance);
    written.set(table, `${outcome.written} written, ${outcome.removed} removed`);
  }
  const different: string[] = [];
  const lines: string[] = [];
  for (const table of COPIED_TABLES) {
    const [wanted, found] = [await sumTable(source, table, advance), await sumTable(target, table, advance)];
    const isSame = wanted.count === found.count && wanted.checksum === found.checksum;
    if (!isSame) different.push(table);
    lines.push(`${table}: ${found.count} rows, ${written.get(table)}, sha256 ${found.checksum.slice(0, 16)}`);
  }
  bar.end();
  process.stdout.write(`${lines.join('\n')}\n`);
  if (different.length > 0)
    throw new CopyError(`not the same in both: ${different.join(', ')}; is a server running on the target?`);
}

/** Somebody else's data would be removed, as what the source does not have. Whoever shares a signing key is a copy. */
async function refuseForeign(source: Db, target: Db): Promise<void> {
  const [ours, theirs] = [await listKeys(source), await listKeys(target)];
  const isCopy = theirs.some(({ kid }) => ours.some((key) => key.kid === kid));
  const isEmpty = theirs.length === 0 && (await countRows(target, 'accounts')) === 0;
  if (!isCopy && !isEmpty)
    throw new CopyError(
      '--to has data of its own, which are not from this source: it must be an empty database',
    );
}

function placeOf(url: string): DatabasePlace {
  const sqlite = 'sqlite:';
  return url.startsWith(sqlite)
    ? { engine: 'sqlite', file: url.slice(sqlite.length) }
    : { engine: 'postgres', url, poolSize: 2 };
}
