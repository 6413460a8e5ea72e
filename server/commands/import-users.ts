import { open } from 'node:fs/promises';
import { MAX_BCRYPT_COST, readConfig } from '../config.ts';
import { ACCOUNT_COLUMNS } from '../flows/account-row.ts';
import { importAccounts, type Imported } from '../flows/import-accounts.ts';
import { systemClock as clock } from '../lib/clock.ts';
import { readRows } from '../lib/rows.ts';
import type { Origin } from '../sessions/store.ts';
import { openPlace } from './open-database.ts';
import { createProgressBar, type ProgressBar } from './progress-bar.ts';
import type { TableFile } from './table-file.ts';

/**
 * `npm run users -- import FILE`. Rows that were left out go to standard error, each with its line; what was done is
 * the last line on standard output. Its code is 1 when a row was left out.
 */
export async function importUsers({ path, format }: TableFile, origin: Origin): Promise<void> {
  // Before the database: whoever mistypes the name of the file makes no new one.
  const source = await openSource(path);
  const { database, bcryptCost } = readConfig();
  const db = await openPlace(database);
  const bar = createProgressBar(process.stderr, source.size);
  const rows = readRows(watch(source.chunks, bar), { format, columns: ACCOUNT_COLUMNS });
  const outcome = await importAccounts({ db, clock }, rows, {
    origin,
    refuse: (line, problem) => bar.say(`line ${line}: ${problem}`),
  });
  bar.end();
  await db.destroy();
  const warning = describeCosts(outcome, bcryptCost);
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  const { imported, existing, refused } = outcome;
  process.stdout.write(`imported: ${imported}; already there: ${existing}; refused: ${refused}\n`);
  if (refused > 0) process.exitCode = 1;
}

/** `size` in bytes, where it is known beforehand. */
async function openSource(path: string) {
  if (path === '-') return { chunks: process.stdin, size: undefined };
  const file = await open(path);
  const stats = await file.stat();
  return { chunks: file.createReadStream(), size: stats.isFile() ? stats.size : undefined };
}

async function* watch(chunks: AsyncIterable<Buffer>, bar: ProgressBar): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    bar.advance(chunk.length);
  }
}

/** A hash that takes longer to compute than a new one shows by its time that its account is there (CWE-208). */
function describeCosts({ costs }: Imported, configured: number): string | undefined {
  const above = [...costs].filter(([cost]) => cost > configured);
  if (above.length === 0) return undefined;
  const count = above.reduce((sum, [, each]) => sum + each, 0);
  const highest = Math.max(...above.map(([cost]) => cost));
  const advice = highest <= MAX_BCRYPT_COST ? `; BCRYPT_COST=${highest} hides that` : '';
  return `${count} of the imported hashes cost more than BCRYPT_COST=${configured}, up to ${highest}: as long as they are there, the time of an answer shows that these accounts are too${advice}`;
}
