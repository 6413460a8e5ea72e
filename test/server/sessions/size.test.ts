import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { insertSession, rotateSession } from '../../../server/sessions/store.ts';
import { uuidv7 } from '../../../server/lib/ids.ts';
import { randomBytes } from '../../../server/lib/random.ts';
import { ALL_SCOPES } from '../../../shared/scopes.ts';
import { MINUTE } from '../../support/clock.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { watchStatements } from '../../support/statements.ts';
import { USER_AGENTS } from '../../support/user-agents.ts';
import { createWorld } from '../../support/world.ts';

const SESSIONS = 3000;
const BROWSERS = USER_AGENTS.filter(([, userAgent]) => userAgent.startsWith('Mozilla/5.0 ('));

/** Bytes of the pages that hold sessions and their indexes, as SQLite counts them. */
function bytesOf(file: string): number {
  const database = new Database(file, { readonly: true });
  onTestFinished(() => void database.close());
  const sum = `select sum(pgsize) from dbstat where name in
    (select name from sqlite_schema where tbl_name = 'sessions')`;
  return Number(database.prepare(sum).pluck().get());
}

test('a session takes less than 500 bytes on disk, after one rotation as after hundreds', async () => {
  const file = join(temporaryFolder(), 'size.db');
  const world = await createWorld({ env: { DATABASE_URL: `sqlite:${file}` } });
  const { db } = world.app.deps;
  await world.visitor().register();
  const { id: accountId } = await db.selectFrom('accounts').select('id').executeTakeFirstOrThrow();
  const empty = bytesOf(file);

  let now = world.clock.now();
  const sessions = await db.transaction().execute(async (trx) => {
    const inserted = [];
    for (let index = 0; index < SESSIONS; index += 1) {
      const [, userAgent = ''] = BROWSERS[index % BROWSERS.length] ?? [];
      // The longest addresses there are, for half of them.
      const ip = index % 2 === 0 ? '203.0.113.177' : '2001:db8:85a3:8d3:1319:8a2e:370:7348';
      const origin = { ip, userAgent };
      const session = await insertSession(trx, {
        id: uuidv7((now += 37)),
        accountId,
        clientId: 'sallyport',
        scope: ALL_SCOPES.join(' '),
        nonce: randomBytes(32),
        now,
        origin,
        deviceHash: randomBytes(32).toString('base64url'),
        endsAt: null,
        dpopJkt: null,
      });
      inserted.push({ session, origin });
    }
    return inserted;
  });
  const fresh = (bytesOf(file) - empty) / SESSIONS;

  await db.transaction().execute(async (trx) => {
    for (const { session, origin } of sessions) {
      let rotated = { ...session, generation: 700 };
      await trx.updateTable('sessions').set({ generation: 700 }).where('id', '=', session.id).execute();
      for (let round = 0; round < 2; round += 1)
        rotated =
          (await rotateSession(trx, rotated, { now: (now += MINUTE), grace: 30_000, origin })) ?? rotated;
    }
  });
  const used = (bytesOf(file) - empty) / SESSIONS;

  expect(fresh).toBeLessThan(500);
  expect(used).toBeLessThan(500);
});

test('a rotation is one UPDATE, and a retry inside the window another', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  const lost = world.visitor();
  lost.cookie = browser.cookie;
  const seen = watchStatements();
  const verbs = () => seen.executed.map((sql) => sql.split(' ', 1)[0]);
  await browser.api.auth.refresh();
  expect(verbs()).toEqual(['select', 'select', 'update']);
  seen.reset();
  await lost.api.auth.refresh();
  expect(verbs()).toEqual(['select', 'select', 'update']);
});
