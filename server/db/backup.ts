import { chmodSync, existsSync, linkSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Copies a SQLite database while it is in use (https://sqlite.org/backup.html), as it is at one moment. `to` is for its owner
 * alone, as the database is, and is there when it is complete and sound, or not at all. Never over a file that is there.
 */
export async function backUp(file: string, to: string): Promise<void> {
  if (!existsSync(file)) throw new BackupError(`${file}: there is no database`);
  if (existsSync(to)) throw new BackupError(`${to}: is there already`);
  const unfinished = `${to}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    const source = new Database(file, { readonly: true });
    try {
      await source.backup(unfinished);
    } finally {
      source.close();
    }
    chmodSync(unfinished, 0o600);
    requireSound(unfinished);
    // Fails where somebody has made such a file meanwhile; a rename would go over it.
    linkSync(unfinished, to);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true });
  }
}

function requireSound(file: string): void {
  const copy = new Database(file);
  try {
    // Of its own: a copy in WAL mode would leave two more files beside it.
    copy.pragma('journal_mode = DELETE');
    const integrity = copy.pragma('integrity_check', { simple: true });
    const strays = copy.pragma('foreign_key_check');
    if (integrity !== 'ok' || !Array.isArray(strays) || strays.length > 0)
      throw new BackupError(`the copy is not sound: ${String(integrity)}`);
  } finally {
    copy.close();
  }
}
