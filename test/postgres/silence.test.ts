import { expect, test } from 'vitest';
import { askPostgres } from '../support/ask-postgres.ts';
import { takeDatabase } from '../support/database.ts';
import { cutListeners } from '../support/listener-cutting.ts';
import { createWorld } from '../support/world.ts';

/** It has been heard out, so that its next question is a second away. */
const LISTENING = `select 1 from pg_stat_activity
  where datname = current_database() and application_name = 'sallyport listener'
    and state = 'idle' and query = 'select 1'`;

test('a process that listens can stop while the database is silent', async () => {
  const url = await takeDatabase();
  const network = await cutListeners(url);
  const { app } = await createWorld({ env: { DATABASE_URL: network.url }, background: true });
  await expect.poll(() => askPostgres(url, LISTENING), { timeout: 10_000 }).toHaveLength(1);
  network.silence(true);
  await app.close();
  network.silence(false);
});
