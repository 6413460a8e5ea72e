import { describe, expect, test } from 'vitest';
import { keepHouse } from '../../server/flows/housekeeping.ts';
import { uuidv7 } from '../../server/lib/ids.ts';
import { listSessions } from '../support/accounts.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';
import { engine, takeLastingDatabase } from '../support/database.ts';
import { guessAtOnce, listCounts } from '../support/guessing.ts';
import { outcomeOf } from '../support/reasons.ts';
import { listEvents } from '../support/security-events.ts';
import { watchStatements } from '../support/statements.ts';
import { createWorld, type World } from '../support/world.ts';

/** One round; returns how many batches it took. */
async function cleanUp({ app }: World): Promise<number> {
  let batches = 0;
  for await (const _ of keepHouse(app.deps)) batches += 1;
  return batches;
}

describe('a round of housekeeping', () => {
  test('removes a session an hour after it has run out, and no earlier', async () => {
    const world = await createWorld();
    const browser = world.visitor();
    await browser.register();
    world.clock.advance(14 * DAY + HOUR - 1);
    await cleanUp(world);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('token_expired');
    world.clock.advance(1);
    await cleanUp(world);
    expect(await listSessions(world)).toEqual([]);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('token_invalid');
  });

  test('removes a session that is as old as any may become', async () => {
    const world = await createWorld();
    const browser = world.visitor();
    await browser.register();
    for (let week = 0; week < 13; week += 1) {
      world.clock.advance(6.9 * DAY);
      await browser.api.auth.refresh();
    }
    await cleanUp(world);
    expect(await listSessions(world)).toHaveLength(1);
    world.clock.advance(DAY);
    await cleanUp(world);
    expect(await listSessions(world)).toEqual([]);
  });

  test('keeps an ended session for a day, so that its device can be told why', async () => {
    const world = await createWorld();
    const browser = world.visitor();
    await browser.register();
    const { cookie } = browser;
    await browser.api.auth.logout();
    world.clock.advance(DAY - 1);
    await cleanUp(world);
    browser.cookie = cookie;
    await expect(browser.api.auth.refresh()).rejects.toMatchObject({ cause: { ended: 'signed_out' } });
    world.clock.advance(1);
    await cleanUp(world);
    expect(await listSessions(world)).toEqual([]);
  });

  test('keeps an ended session for its day also when the limits have been shortened since', async () => {
    const env = { DATABASE_URL: await takeLastingDatabase(), ACCESS_TOKEN_TTL: '60m' };
    const world = await createWorld({ env });
    const browser = world.visitor();
    await browser.register();
    world.clock.advance(13 * DAY);
    browser.bearer = (await browser.api.auth.refresh()).accessToken;
    const { bearer } = browser;
    await browser.api.auth.logout();
    for (let restart = 0; restart < 2; restart += 1) {
      const next = await createWorld({ env: { ...env, SESSION_MAX_TTL: '7d' }, clock: world.clock });
      await cleanUp(next);
      const held = Object.assign(next.visitor(), { bearer });
      expect(await outcomeOf(held.api.auth.me())).toBe('session_revoked');
      await next.app.close();
    }
  });

  test('removes mail that came to nothing, whether or not there still is a mail server', async () => {
    const world = await createWorld();
    const { db } = world.app.deps;
    const mail = { to: 'ada@example.com', subject: 'x', text: 'x', html: 'x' };
    await db.transaction().execute((trx) => world.app.deps.mail.enqueue(trx, mail, world.clock.now()));
    world.clock.advance(3 * DAY);
    await cleanUp(world);
    expect(await db.selectFrom('outbox').selectAll().execute()).toHaveLength(1);
    world.clock.advance(1);
    await cleanUp(world);
    expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([]);
  });

  test('removes guesses when they count for nothing any more, a hundred at a time', async () => {
    const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
    await guessAtOnce(world, 70, (index) => ({ email: `a${index}@example.com` }));
    expect(await listCounts(world)).toHaveLength(141);
    world.clock.advance(DAY - 1);
    await cleanUp(world);
    expect(await listCounts(world), 'but for the address').toHaveLength(140);
    world.clock.advance(1);
    await cleanUp(world);
    expect(await listCounts(world), 'the accounts').toHaveLength(70);
    await guessAtOnce(world, 1, () => ({ email: 'a7@example.com' }));
    world.clock.advance(29 * DAY);
    await cleanUp(world);
    expect(await listCounts(world)).toMatchObject([{ failures: 2 }]);
    await guessAtOnce(world, 100, (index) => ({ email: `b${index}@example.com` }));
    world.clock.advance(30 * DAY);
    expect(await cleanUp(world)).toBe(1 + 3);
    expect(await listCounts(world)).toEqual([]);
  });

  test('takes no session from anybody who can still use it, however many go around it', async () => {
    const world = await createWorld();
    await world.visitor().register();
    for (let index = 0; index < 250; index += 1) {
      const visitor = world.visitor();
      await visitor.signIn();
      if (index % 2 === 0) await visitor.api.auth.logout();
      world.clock.advance(MINUTE);
    }
    world.clock.advance(DAY);
    const before = (await listSessions(world)).filter(({ revoked_at }) => revoked_at === null);
    expect(await cleanUp(world), 'three batches of sessions and one of links').toBe(4);
    expect(await listSessions(world)).toEqual(before);
  });

  test('touches a hundred rows at a time', async () => {
    // Without mail, which is rows too.
    const world = await createWorld({ env: { PUBLIC_URL: 'https://login.example.com' } });
    await world.visitor().register();
    for (let index = 0; index < 205; index += 1) await world.visitor().signIn();
    world.clock.advance(15 * DAY);
    const round = keepHouse(world.app.deps);
    const left: number[] = [];
    for await (const _ of round) left.push((await listSessions(world)).length);
    expect(left.slice(0, 3)).toEqual([106, 6, 0]);
  });

  test('removes events after 400 days, the oldest first', async () => {
    const world = await createWorld();
    await world.visitor().register();
    world.clock.advance(200 * DAY);
    await world.visitor().signIn();
    world.clock.advance(200 * DAY);
    await cleanUp(world);
    expect((await listEvents(world)).map(({ kind }) => kind)).toEqual(['registered', 'signed_in']);
    world.clock.advance(1);
    await cleanUp(world);
    expect((await listEvents(world)).map(({ kind }) => kind)).toEqual(['signed_in']);
  });

  // PostgreSQL reads a small table whole whatever indexes there are; both have the same ones.
  test.runIf(engine === 'sqlite')(
    'finds its rows by their key: no statement reads the whole table',
    async () => {
      const world = await createWorld();
      await world.visitor().register();
      for (let index = 0; index < 3; index += 1) await world.visitor().signIn();
      world.clock.advance(500 * DAY);
      const seen = watchStatements();
      await cleanUp(world);
      const { executed } = seen;
      const { db } = world.app.deps;
      for (const statement of new Set(executed)) {
        const { rows } = await db.executeQuery<{ detail: string }>({
          ...db.selectFrom('sessions').compile(),
          sql: `explain query plan ${statement}`,
          parameters: Array.from(statement.matchAll(/\?/g), () => uuidv7(0)),
        });
        for (const { detail } of rows) expect(`${statement}: ${detail}`).not.toMatch(/: SCAN /);
      }
      expect(executed.length).toBeGreaterThan(2);
    },
  );
});
