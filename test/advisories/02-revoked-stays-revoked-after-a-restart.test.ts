import { describe, expect, test } from 'vitest';
import { MINUTE } from '../support/clock.ts';
import { takeLastingDatabase } from '../support/database.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, type Visitor, type World } from '../support/world.ts';

// Keycloak CVE-2026-9802

/** The same database and clock in a new process, as far as anything in memory can tell. */
async function restart(world: World, env: Record<string, string>): Promise<World> {
  await world.app.close();
  return createWorld({ env, clock: world.clock });
}

const waysToEnd: [string, (browser: Visitor, world: World) => Promise<void>][] = [
  ['signing out', async (browser) => void (await browser.api.auth.logout())],
  ['signing in again in the same browser', (browser) => browser.signIn()],
  [
    'reuse',
    async (browser, world) => {
      const { cookie } = browser;
      await browser.api.auth.refresh();
      world.clock.advance(MINUTE);
      browser.cookie = cookie;
      expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
    },
  ],
];

describe('a session that ended', () => {
  test.each(waysToEnd)('by %s is as dead after a restart as before', async (_, end) => {
    const env = { DATABASE_URL: await takeLastingDatabase(), ACCESS_TOKEN_TTL: '60m' };
    const world = await createWorld({ env });
    const browser = world.visitor();
    await browser.register();
    const [cookie, bearer] = [browser.cookie, browser.bearer];
    await end(browser, world);

    // A shorter life for new tokens must not shorten the memory for old ones.
    world.clock.advance(5 * MINUTE);
    const later = await restart(world, { ...env, ACCESS_TOKEN_TTL: '1m' });
    const thief = later.visitor();
    [thief.cookie, thief.bearer] = [cookie, bearer];
    expect(await outcomeOf(thief.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(thief.api.auth.refresh())).toBe('session_revoked');
    later.clock.advance(45 * MINUTE);
    expect(await outcomeOf((await restartedThief(later, env, thief)).api.auth.me())).toBe('session_revoked');
  });

  test('and one that did not end goes on', async () => {
    const env = { DATABASE_URL: await takeLastingDatabase() };
    const world = await createWorld({ env });
    const browser = world.visitor();
    await browser.register();
    const same = await restartedThief(world, env, browser);
    expect(await outcomeOf(same.api.auth.me())).toBe('succeeded');
    expect(await outcomeOf(same.api.auth.refresh())).toBe('succeeded');
  });
});

async function restartedThief(world: World, env: Record<string, string>, held: Visitor): Promise<Visitor> {
  const visitor = (await restart(world, env)).visitor();
  [visitor.cookie, visitor.bearer] = [held.cookie, held.bearer];
  return visitor;
}
