import type { Updateable } from 'kysely';
import type { AccountsTable } from '../../server/db/schema.ts';
import type { World } from './world.ts';

/** What no public flow can do yet, such as to import a hash, or what one does together with more. Fails when there is none. */
export async function alterAccount(
  { app }: Pick<World, 'app'>,
  email: string,
  change: Updateable<AccountsTable>,
): Promise<void> {
  await app.deps.db
    .updateTable('accounts')
    .set(change)
    .where('email', '=', email)
    .returning('id')
    .executeTakeFirstOrThrow();
}

export async function readAccount({ app }: Pick<World, 'app'>, email: string) {
  return app.deps.db.selectFrom('accounts').selectAll().where('email', '=', email).executeTakeFirstOrThrow();
}

/** Newest last; of sessions made in one millisecond the order is by chance. */
export async function listSessions({ app }: Pick<World, 'app'>) {
  return app.deps.db.selectFrom('sessions').selectAll().orderBy('id').execute();
}
