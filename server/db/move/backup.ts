import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { MoveError } from './move-error.ts';

/** Pages of 4 KiB that are copied before the next look at signals. */
const STEP = 200;

/** Of pages, how many are done and how many there are. */
export type WatchPages = (done: number, total: number) => void;

/**
 * Copies the database in `file`, as it is at the moment of the call, while a server uses it. `to` is there when the copy is complete,
 * on disk and sound, and not before; it is for its owner alone. Answers its size in bytes. Fails with `MoveError`, or with EEXIST where there is
 * something at `to` already.
 */
export async function backUp(file: string, to: string, watch: WatchPages = () => {}): Promise<number> {
  const unfinished = `${to}.${randomUUID()}.unfinished`;
  // What is in it lets people in: for the owner alone from its first byte.
  closeSync(openSync(unfinished, 'wx', 0o600));
  try {
    await copyPages(file, unfinished, watch);
    requireSound(unfinished);
    persist(unfinished);
    // A link goes over nothing, where a renamed file would.
    linkSync(unfinished, to);
    persist(dirname(to));
    return statSync(to).size;
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${unfinished}${suffix}`, { force: true });
  }
}

async function copyPages(file: string, to: string, watch: WatchPages): Promise<void> {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // One snapshot for all steps: otherwise each commit of the server begins the copy anew, and it might never end.
    database.exec('begin');
    database.prepare('select count(*) from sqlite_schema').get();
    await database.backup(to, {
      progress({ totalPages, remainingPages }) {
        watch(totalPages - remainingPages, totalPages);
        return STEP;
      },
    });
  } finally {
    database.close();
  }
}

/** And one file, with no journal beside it. */
function requireSound(file: string): void {
  const copy = new Database(file, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = delete');
    const problem = copy.pragma('integrity_check(1)', { simple: true });
    const orphans = copy.pragma('foreign_key_check');
    if (problem !== 'ok' || !Array.isArray(orphans) || orphans.length > 0)
      throw new MoveError(`the database is damaged, and so is its copy: ${String(problem)}`);
  } finally {
    copy.close();
  }
}

function persist(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
