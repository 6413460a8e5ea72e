import { findAccountByEmail } from '../accounts/store.ts';
import type { Deps } from './deps.ts';

/**
 * Lets the owner try again, also from where they never were: whatever was guessed at this account is forgotten. `email` in
 * canonical form. Returns how many guesses there were; undefined when there is no such account.
 */
export async function unlockAccount(
  { db, limits }: { db: Deps['db']; limits: Pick<Deps['limits'], 'forgive'> },
  email: string,
): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    if (!(await findAccountByEmail(trx, email))) return undefined;
    return limits.forgive(trx, email);
  });
}
