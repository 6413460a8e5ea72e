import { expect, onTestFinished, test } from 'vitest';
import { removeThrottles } from '../../server/throttle/throttle-store.ts';
import { askPostgres } from '../support/ask-postgres.ts';
import { openUrl, takeDatabase } from '../support/database.ts';

test('a count that begins anew while it is being removed stays', async () => {
  const url = await takeDatabase();
  const db = await openUrl(url);
  onTestFinished(() => db.destroy());
  await db
    .insertInto('throttles')
    .values(['over', 'anew'].map((key) => ({ key, failures: 9, blocked_until: 0, expires_at: 10 })))
    .execute();
  const removing = await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('throttles')
      .set({ failures: 1, expires_at: 1000 })
      .where('key', '=', 'anew')
      .execute();
    const removed = removeThrottles(db, { now: 20, limit: 10 });
    await expect.poll(() => askPostgres(url, 'select 1 from pg_locks where not granted')).toHaveLength(1);
    // Not to be waited for in here: it waits for this commit.
    return { removed };
  });
  expect(await removing.removed).toBe(1);
  expect(await db.selectFrom('throttles').selectAll().execute()).toEqual([
    { key: 'anew', failures: 1, blocked_until: 0, expires_at: 1000 },
  ]);
});
