import type { Db } from '../db/connect.ts';
import type { Account } from './store.ts';

/** An account whose address people would take for this one. (Another part of this change.) */
export async function findLookAlike(db: Db, email: string): Promise<Account | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('email_skeleton', '=', email)
    .where('email', '<>', email)
    .executeTakeFirst();
}
