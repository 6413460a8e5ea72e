import type { Db } from '../db/connect.ts';
import type { Account } from './store.ts';

/** So many at most, in the order of their ids, from behind this one; all ids are behind the empty one. */
export async function listAccounts(
  db: Db,
  { after, limit }: { after: string; limit: number },
): Promise<Account[]> {
  return db.selectFrom('accounts').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();
}
