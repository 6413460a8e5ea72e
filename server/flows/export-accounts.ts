import { listAccounts } from '../accounts/bulk-store.ts';
import { toAccountRow } from './account-row.ts';
import type { Deps } from './deps.ts';

/** Accounts held in memory at a time. */
const PAGE = 500;

/**
 * Every account with its password's hash, as rows from which an import makes the same accounts, in the order of their
 * ids. Page by page: a transaction around all would keep a running server from writing.
 */
export async function* exportAccounts({
  db,
}: Pick<Deps, 'db'>): AsyncGenerator<ReturnType<typeof toAccountRow>> {
  let after: string | undefined = '';
  while (after !== undefined) {
    const accounts = await listAccounts(db, { after, limit: PAGE });
    yield* accounts.map(toAccountRow);
    after = accounts.at(-1)?.id;
  }
}
