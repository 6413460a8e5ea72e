import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from './connect.ts';

const answerSchema = z.tuple([z.object({ data_version: z.number() })]);

/**
 * Tells, each time it is asked, whether another process has committed since it was asked last. SQLite answers from
 * memory that the processes share (https://sqlite.org/pragma.html#pragma_data_version); a fresh one says yes.
 */
export function watchForeignWrites(db: Db): () => Promise<boolean> {
  let seen: number | undefined;
  return async () => {
    const { rows } = await sql`pragma data_version`.execute(db);
    const [{ data_version: version }] = answerSchema.parse(rows);
    const changed = version !== seen;
    seen = version;
    return changed;
  };
}
