import { expect, test } from 'vitest';
import { outcomeOf } from '../support/reasons.ts';
import { refuseWrites } from '../support/refused-writes.ts';
import { createWorld } from '../support/world.ts';

// What is revoked in memory was committed first: else a restart would revive what a caller was told is over, and
// a write that fails would leave a session half ended.

test('a sign-out that the database refuses ends nothing, in memory no more than on disk', async () => {
  const world = await createWorld();
  const { db } = world.app.deps;
  const browser = world.visitor();
  await browser.register();
  const makeRoom = await refuseWrites(db, 'update', 'sessions', 'new.revoked_at is not null');
  expect(await outcomeOf(browser.api.auth.logout())).toBe('internal');
  expect(await outcomeOf(browser.api.auth.me())).toBe('succeeded');

  await makeRoom();
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
  expect(await outcomeOf(browser.api.auth.logout())).toBe('succeeded');
  expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
});
