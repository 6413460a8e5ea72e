import { expect, test } from 'vitest';
import { listSessions } from '../support/accounts.ts';
import { MINUTE, SECOND } from '../support/clock.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld } from '../support/world.ts';

// Supabase Auth, v1 refresh tokens: revoking set the time that the grace window was measured from, so that a
// token of the revoked family was swapped for a live one.

test('a token of a revoked session is never swapped for a live one, inside the window or after it', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  const oldest = browser.cookie;
  world.clock.advance(10 * MINUTE);
  await browser.api.auth.refresh();
  const replaced = browser.cookie;
  world.clock.advance(29 * SECOND);
  await browser.api.auth.refresh();
  const current = browser.cookie;
  const [before] = await listSessions(world);

  world.clock.advance(SECOND);
  const thief = world.visitor();
  const outcomeWith = (cookie: string | undefined) => {
    thief.cookie = cookie;
    return outcomeOf(thief.api.auth.refresh());
  };
  expect(await outcomeWith(oldest)).toBe('session_revoked');
  for (const pause of [0, SECOND, 28 * SECOND, 10 * MINUTE]) {
    world.clock.advance(pause);
    for (const cookie of [oldest, replaced, current])
      expect(await outcomeWith(cookie)).toBe('session_revoked');
  }

  const [after] = await listSessions(world);
  expect(after).toEqual({ ...before, revoked_at: expect.any(Number), revoked_reason: 'reuse' });
});
