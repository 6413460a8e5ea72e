import { expect, test } from 'vitest';
import { findSession, rotateSession } from '../../server/sessions/store.ts';
import { listSessions } from '../support/accounts.ts';
import { SECOND } from '../support/clock.ts';
import { takeLastingDatabase } from '../support/database.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, type World } from '../support/world.ts';

// Keycloak CVE-2026-1035, better-auth GHSA-392p-2q2v-4372

const origin = { ip: '192.0.2.1', userAgent: '' };
const grace = 30 * SECOND;

async function currentCookies(world: World, cookie: string | undefined, count: number) {
  const tabs = Array.from({ length: count }, () => world.visitor());
  const outcomes = await Promise.all(
    tabs.map((tab) => {
      tab.cookie = cookie;
      return outcomeOf(tab.api.auth.refresh());
    }),
  );
  return { outcomes, cookies: tabs.map((tab) => tab.cookie) };
}

test('of any number of rotations that start from one row exactly one is carried out', async () => {
  const world = await createWorld();
  await world.visitor().register();
  const { db } = world.app.deps;
  const [{ id } = { id: '' }] = await listSessions(world);
  const read = await findSession(db, id);
  if (!read) throw new Error('there is no session');
  const now = world.clock.now();
  const results = await Promise.all(
    Array.from({ length: 20 }, () => rotateSession(db, read, { now, grace, origin })),
  );
  expect(results.filter((result) => result !== undefined)).toHaveLength(1);
  expect((await findSession(db, id))?.generation).toBe(1);
});

test('a caller that decided on a row which has moved on does not turn the counter back', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  const { db } = world.app.deps;
  const [{ id } = { id: '' }] = await listSessions(world);
  const outdated = await findSession(db, id);
  if (!outdated) throw new Error('there is no session');
  await browser.api.auth.refresh();
  await browser.api.auth.refresh();
  const now = world.clock.now();
  expect(await rotateSession(db, outdated, { now, grace, origin })).toBeUndefined();
  expect((await findSession(db, id))?.generation).toBe(2);
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
});

test('concurrent calls neither both win nor end each other’s session, within one process and between two', async () => {
  const env = { DATABASE_URL: await takeLastingDatabase() };
  const one = await createWorld({ env });
  const two = await createWorld({ env, clock: one.clock });
  const browser = one.visitor();
  await browser.register();
  const [here, there] = await Promise.all([
    currentCookies(one, browser.cookie, 10),
    currentCookies(two, browser.cookie, 10),
  ]);
  expect(new Set([...here.outcomes, ...there.outcomes])).toEqual(new Set(['succeeded']));
  expect(new Set([...here.cookies, ...there.cookies]).size).toBe(1);
  expect(await listSessions(one)).toMatchObject([{ generation: 1, revoked_at: null }]);
});
