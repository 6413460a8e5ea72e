import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite.ts';

export type Db = Kysely<Schema>;

/** `file` is a path or `:memory:`. The engine is chosen here and nowhere else. */
export function connect(file: string): Db {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return new Kysely<Schema>({ dialect: createSqliteDialect(file) });
}

/** Fails when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await db.selectFrom('signing_keys').select('kid').limit(1).execute();
}
