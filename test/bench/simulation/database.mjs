// @ts-check
// What PostgreSQL is asked for. A commit waits for the disk, as it would; other noise is switched off.
import { startPostgres } from '../../support/postgres-server.mjs';
import { ask, dropDatabases } from './connection.mjs';
import { measureRefresh } from './refreshes.mjs';
import { measureRevocation } from './revocations.mjs';
import { createShard, loadStores, measureSizes } from './shards.mjs';

const ROWS = 50_000;

const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  autovacuum: 'off',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
};

/** @param {import('./own-code.mjs').OwnCode} own */
export async function measureDatabase(own) {
  const postgres = await startPostgres(SETTINGS);
  try {
    const place = { server: postgres.url, stores: await loadStores(own) };
    const one = await createShard(place, 'simulated_one', ROWS);
    const names = ['a', 'b', 'c', 'd'].map((name) => `simulated_${name}`);
    const four = await Promise.all(names.map((name) => createShard(place, name, ROWS)));
    const whole = await createShard(place, 'simulated_whole', 4 * ROWS);
    const [{ server_version: version }] = await ask(one.url, 'show server_version');
    const sizes = await measureSizes(one);
    await measureRefresh(place, [whole]); // warm-up
    const refresh = {
      oneShard: await measureRefresh(place, [one]),
      fourShards: await measureRefresh(place, four),
      oneFourTimesAsLarge: await measureRefresh(place, [whole]),
    };
    const revocation = await measureRevocation(place, one);
    return { version: String(version), sizes, refresh, revocation };
  } finally {
    await dropDatabases(postgres.url);
    await postgres.stop();
  }
}
