import { describe, expect, test } from 'vitest';
import { fixedStatement } from '../../../server/db/fixed-statement.ts';
import { pointRead } from '../../../server/db/point-read.ts';
import { freshDatabase } from '../../support/key-ring.ts';
import { watchStatements } from '../../support/statements.ts';

const NOW = 1_764_000_000_000;

const add = fixedStatement<{ key: string; now: number; none: null }, { key: string; blocked_until: number }>(
  (db, { key, now }) =>
    db
      .insertInto('throttles')
      .values({ key, failures: 1, blocked_until: now, expires_at: now })
      .returning(['key', 'blocked_until']),
);

const push = fixedStatement<{ key: string; now: number }, { key: string; blocked_until: number }>(
  (db, { key, now }) =>
    db
      .updateTable('throttles')
      .set({ blocked_until: now, expires_at: now })
      .where('key', '=', key)
      .returning(['key', 'blocked_until']),
);

const until = pointRead<{ expires_at: number }>((db, key) =>
  db.selectFrom('throttles').select('expires_at').where('key', '=', key),
);

describe('a fixed statement', () => {
  test('takes each call’s own values, one of them in two places, in any order', async () => {
    const db = await freshDatabase();
    for (const key of ['a', 'b'])
      await db
        .insertInto('throttles')
        .values({ key, failures: 1, blocked_until: 0, expires_at: 0 })
        .execute();
    expect(await push(db, { key: 'a', now: NOW })).toEqual([{ key: 'a', blocked_until: NOW }]);
    expect(await push(db, { now: NOW + 1, key: 'b' })).toEqual([{ key: 'b', blocked_until: NOW + 1 }]);
    expect(await push(db, { key: 'c', now: NOW })).toEqual([]);
    expect([await until(db, 'a'), await until(db, 'b')]).toEqual([
      { expires_at: NOW },
      { expires_at: NOW + 1 },
    ]);
  });

  test('is prepared once, inside a transaction as outside, and undone with it', async () => {
    const db = await freshDatabase();
    await db
      .insertInto('throttles')
      .values({ key: 'a', failures: 1, blocked_until: 0, expires_at: 0 })
      .execute();
    const statements = watchStatements();
    await push(db, { key: 'a', now: NOW });
    const undone = db.transaction().execute(async (trx) => {
      await push(trx, { key: 'a', now: NOW + 5 });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await until(db, 'a')).toEqual({ expires_at: NOW });
    expect(statements.prepared.filter((sql) => sql.startsWith('update'))).toHaveLength(1);
  });

  test('that leaves out a value, or has one of its own, is refused before it is run', async () => {
    const db = await freshDatabase();
    await expect(add(db, { key: 'a', now: NOW, none: null })).rejects.toThrow('one of its values');
    const careless = fixedStatement<{ key: string; now: number }, { key: string }>((db, { key }) =>
      db.deleteFrom('throttles').where('key', '=', key).returning('key'),
    );
    await expect(careless(db, { key: 'a', now: NOW })).rejects.toThrow('leaves out its value now');
  });
});
