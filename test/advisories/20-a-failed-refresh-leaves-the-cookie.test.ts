import { describe, expect, test } from 'vitest';
import { alterAccount } from '../support/accounts.ts';
import { DAY, MINUTE } from '../support/clock.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, type Visitor, type World } from '../support/world.ts';

// keycloak#14122, supabase/auth-js#213: the loser's answer cleared the cookie that the winner had just set.

const failures: [string, (browser: Visitor, world: World) => Promise<void>][] = [
  ['token_invalid', async (browser) => void (browser.cookie = 'nonsense')],
  ['token_expired', async (_browser, world) => world.clock.advance(15 * DAY)],
  ['session_revoked', (_browser, world) => alterAccount(world, 'ada@example.com', { disabled_at: 1 })],
  [
    'session_revoked',
    async (browser, world) => {
      const { cookie } = browser;
      await browser.api.auth.refresh();
      world.clock.advance(MINUTE);
      browser.cookie = cookie;
    },
  ],
  [
    'session_revoked',
    async (browser) => {
      const { cookie } = browser;
      await browser.api.auth.logout();
      browser.cookie = cookie;
    },
  ],
];

describe('refreshing that fails neither clears nor changes the cookie', () => {
  test.each(failures)('%s (%#)', async (reason, prepare) => {
    const world = await createWorld();
    const browser = world.visitor();
    await browser.register();
    await prepare(browser, world);
    const held = browser.cookie;
    expect(held).toBeDefined();
    expect(await outcomeOf(browser.api.auth.refresh())).toBe(reason);
    expect(browser.cookie).toBe(held);
  });
});

test('a refresh that loses to a new sign-in in the same browser does not undo it', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  const stalled = world.visitor();
  stalled.cookie = browser.cookie;
  await browser.signIn();
  // The stalled answer arrives in the same browser: what it leaves there is what the sign-in put there.
  const signedIn = browser.cookie;
  expect(await outcomeOf(stalled.api.auth.refresh())).toBe('session_revoked');
  expect(stalled.cookie).toBeDefined();
  expect(browser.cookie).toBe(signedIn);
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
});

test('the loser of two refreshes gets the winner’s cookie, not none', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  const other = world.visitor();
  other.cookie = browser.cookie;
  await Promise.all([browser.api.auth.refresh(), other.api.auth.refresh()]);
  expect(other.cookie).toBe(browser.cookie);
});
