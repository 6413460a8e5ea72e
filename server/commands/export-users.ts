import { open, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readConfig } from '../config.ts';
import type { Db } from '../db/connect.ts';
import { ACCOUNT_COLUMNS } from '../flows/account-row.ts';
import { exportAccounts } from '../flows/export-accounts.ts';
import { formatRows } from '../lib/rows.ts';
import { openPlace } from './open-database.ts';
import type { TableFile } from './table-file.ts';

/** `npm run users -- export FILE`. Everything that an import needs, passwords' hashes among it. */
export async function exportUsers({ path, format }: TableFile): Promise<void> {
  const { database } = readConfig();
  if (path === '-') {
    const db = await openPlace(database);
    await pipeline(toText(db, format), process.stdout, { end: false });
    await db.destroy();
    return;
  }
  // For the owner alone from its first byte, and never over, nor through a link to, what is there already.
  const file = await open(path, 'wx', 0o600);
  try {
    const db = await openPlace(database);
    await pipeline(toText(db, format), file.createWriteStream());
    await db.destroy();
  } catch (error) {
    // Half a table would pass for a whole one.
    await unlink(path);
    throw error;
  }
  process.stdout.write(`exported to ${path}: it has everybody's password hash\n`);
}

function toText(db: Db, format: TableFile['format']): AsyncGenerator<string> {
  return formatRows(exportAccounts({ db }), { format, columns: ACCOUNT_COLUMNS });
}
