import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { findBindingFault } from './binding.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite.ts';

export type Db = Kysely<Schema>;

export class UnusableDatabaseError extends Error {
  override readonly name = 'UnusableDatabaseError';
}

/** `file` is a path or `:memory:`. The engine is chosen here and nowhere else. */
export function connect(file: string): Db {
  try {
    return open(file);
  } catch (error) {
    throw new UnusableDatabaseError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function open(file: string): Db {
  if (file !== ':memory:') {
    const fault = findBindingFault();
    if (fault !== undefined) throw new Error(fault);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // For the owner alone, from its first byte; SQLite gives its journal the same mode.
    closeSync(openSync(file, 'a', 0o600));
  }
  return new Kysely<Schema>({ dialect: createSqliteDialect(file) });
}

/** Fails when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await db.selectFrom('signing_keys').select('kid').limit(1).execute();
}
