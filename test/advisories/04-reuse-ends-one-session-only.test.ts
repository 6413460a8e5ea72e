import { expect, test } from 'vitest';
import { listSessions } from '../support/accounts.ts';
import { MINUTE } from '../support/clock.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld } from '../support/world.ts';

// better-auth OAuth provider: a late duplicate deleted sessions that were never at risk.

test('a late duplicate ends the session it belongs to; the person’s other devices and everybody else stay', async () => {
  const world = await createWorld();
  const laptop = world.visitor();
  const phone = world.visitor();
  const somebody = world.visitor();
  await laptop.register();
  world.clock.advance(MINUTE);
  await phone.signIn();
  world.clock.advance(MINUTE);
  await somebody.register('grace@example.com');

  const late = world.visitor();
  late.cookie = laptop.cookie;
  await laptop.api.auth.refresh();
  world.clock.advance(10 * MINUTE);
  expect(await outcomeOf(late.api.auth.refresh())).toBe('session_revoked');

  expect((await listSessions(world)).map(({ revoked_reason }) => revoked_reason)).toEqual([
    'reuse',
    null,
    null,
  ]);
  for (const visitor of [phone, somebody]) {
    expect(await outcomeOf(visitor.api.auth.me())).toBe('succeeded');
    expect(await outcomeOf(visitor.api.auth.refresh())).toBe('succeeded');
  }
});

test('a late duplicate of a session that was signed out does nothing at all', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  const { cookie } = browser;
  await browser.api.auth.logout();
  const before = await listSessions(world);
  await browser.signIn();
  world.clock.advance(10 * MINUTE);

  const late = world.visitor();
  late.cookie = cookie;
  expect(await outcomeOf(late.api.auth.refresh())).toBe('session_revoked');
  expect(await listSessions(world)).toEqual(expect.arrayContaining(before));
  expect(await outcomeOf(browser.api.auth.me())).toBe('succeeded');
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
});
