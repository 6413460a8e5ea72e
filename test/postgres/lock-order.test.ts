import { expect, test } from 'vitest';
import { askPostgres } from '../support/ask-postgres.ts';
import { takeDatabase } from '../support/database.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

const ROUNDS = 15;
const AT_ONCE = 4;

/** Since its database was made. A connection tells what it has seen at its end, if not before. */
async function deadlocksIn(url: string): Promise<unknown> {
  // Of clients: the server itself sends somebody to tidy up when it likes.
  const connected = `select 1 from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  await expect.poll(() => askPostgres(url, connected), { timeout: 20_000 }).toEqual([]);
  const [row] = await askPostgres(
    url,
    'select deadlocks::int as n from pg_stat_database where datname = current_database()',
  );
  return row?.['n'];
}

test('sign-ins of one person from one place at the same time wait, but never for each other', async () => {
  const url = await takeDatabase();
  const before = await deadlocksIn(url);
  const { app, visitor } = await createWorld({ env: { DATABASE_URL: url, RATE_LIMIT: 'on' } });
  await visitor().register('ada@example.com');
  for (let round = 0; round < ROUNDS; round += 1)
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => visitor().signIn('ada@example.com', GOOD_PASSWORD)),
    );
  await app.close();
  expect(await deadlocksIn(url)).toBe(before);
});
