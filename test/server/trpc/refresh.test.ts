import { describe, expect, test } from 'vitest';
import { alterAccount, listSessions } from '../../support/accounts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, type Visitor, type World, type WorldOptions } from '../../support/world.ts';

async function signedIn(options?: WorldOptions): Promise<{ world: World; browser: Visitor }> {
  const world = await createWorld(options);
  const browser = world.visitor();
  await browser.register();
  return { world, browser };
}

/** Somebody who holds a copy of this cookie. */
function holderOf(world: World, cookie: string | undefined): Visitor {
  const holder = world.visitor();
  holder.cookie = cookie;
  return holder;
}

async function theSession(world: World) {
  const [session] = await listSessions(world);
  if (!session) throw new Error('there is no session');
  return session;
}

describe('refreshing', () => {
  test('gives a new access token and a new cookie', async () => {
    const { world, browser } = await signedIn();
    const [cookie, bearer] = [browser.cookie, browser.bearer];
    world.clock.advance(10 * MINUTE);
    const answer = await browser.api.auth.refresh();
    expect(answer).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      scope: 'profile:read profile:write',
    });
    expect(browser.cookie).not.toBe(cookie);
    expect(answer.accessToken).not.toBe(bearer);
    browser.bearer = answer.accessToken;
    expect(await browser.api.auth.me()).toEqual(answer.user);
  });

  test('keeps one row, however often: only its counter moves', async () => {
    const { world, browser } = await signedIn();
    for (let round = 0; round < 10; round += 1) {
      world.clock.advance(MINUTE);
      await browser.api.auth.refresh();
    }
    const sessions = await listSessions(world);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ generation: 10, rotated_at: world.clock.now() });
    expect(sessions[0]?.retired.length).toBeLessThan(100);
  });

  test('never widens what was granted at sign-in', async () => {
    const { world } = await signedIn();
    const browser = world.visitor();
    await browser.api.auth.login({
      email: 'ada@example.com',
      password: 'a lantern for the long night',
      scope: 'profile:read',
    });
    expect((await browser.api.auth.refresh()).scope).toBe('profile:read');
  });

  test('notes where the session was last seen', async () => {
    const { world, browser } = await signedIn();
    const elsewhere = world.visitor({ ip: '198.51.100.9' });
    elsewhere.cookie = browser.cookie;
    world.clock.advance(MINUTE);
    await elsewhere.api.auth.refresh();
    expect(await theSession(world)).toMatchObject({ ip: '198.51.100.9', last_seen_at: world.clock.now() });
  });

  test('without a cookie, or with one that is none of ours, is refused and changes nothing', async () => {
    const { world, browser } = await signedIn();
    const before = await theSession(world);
    expect(await outcomeOf(holderOf(world, undefined).api.auth.refresh())).toBe('token_missing');
    const wrongTag = `${browser.cookie?.slice(0, -4)}AAAA`;
    for (const cookie of ['', 'nonsense', wrongTag, `${browser.cookie} `, `${browser.cookie}=`])
      expect(await outcomeOf(holderOf(world, cookie).api.auth.refresh()), cookie).toBe('token_invalid');
    expect(await theSession(world)).toEqual(before);
  });

  test('does not take an access token for a refresh token', async () => {
    const { world, browser } = await signedIn();
    expect(await outcomeOf(holderOf(world, browser.bearer).api.auth.refresh())).toBe('token_invalid');
  });
});

describe('the same cookie again', () => {
  test('inside the window gives the same successor and writes nothing but last-seen', async () => {
    const { world, browser } = await signedIn();
    const lost = browser.cookie;
    world.clock.advance(10 * MINUTE);
    await browser.api.auth.refresh();
    const rotated = await theSession(world);
    world.clock.advance(29 * SECOND);
    const retry = holderOf(world, lost);
    const { accessToken } = await retry.api.auth.refresh();
    expect(retry.cookie).toBe(browser.cookie);
    expect(await theSession(world)).toEqual({ ...rotated, last_seen_at: world.clock.now() });
    retry.bearer = accessToken;
    expect(await outcomeOf(retry.api.auth.me())).toBe('succeeded');
  });

  test('after several quick rotations still gives the one current token', async () => {
    const { world, browser } = await signedIn();
    const lost = browser.cookie;
    for (let round = 0; round < 5; round += 1) {
      world.clock.advance(2 * SECOND);
      await browser.api.auth.refresh();
    }
    const retry = holderOf(world, lost);
    await retry.api.auth.refresh();
    expect(retry.cookie).toBe(browser.cookie);
  });

  test('after the window is theft: the session ends for both, and stays ended although the call failed', async () => {
    const { world, browser } = await signedIn();
    const stolen = browser.cookie;
    world.clock.advance(10 * MINUTE);
    browser.bearer = (await browser.api.auth.refresh()).accessToken;
    world.clock.advance(30 * SECOND);
    expect(await outcomeOf(holderOf(world, stolen).api.auth.refresh())).toBe('session_revoked');
    expect(await theSession(world)).toMatchObject({
      revoked_at: world.clock.now(),
      revoked_reason: 'reuse',
      generation: 1,
    });
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
    expect(world.logLines.join('')).toContain('refresh token reuse');
  });

  test('after the window, by the thief first: the owner’s next call ends the session for both', async () => {
    const { world, browser } = await signedIn();
    const thief = holderOf(world, browser.cookie);
    thief.bearer = (await thief.api.auth.refresh()).accessToken;
    world.clock.advance(10 * MINUTE);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
    expect(await outcomeOf(thief.api.auth.refresh())).toBe('session_revoked');
    expect(await outcomeOf(thief.api.auth.me())).toBe('session_revoked');
  });

  test('is reuse at once where no window is wanted', async () => {
    const { world, browser } = await signedIn({ env: { REFRESH_GRACE: '0' } });
    const old = browser.cookie;
    await browser.api.auth.refresh();
    expect(await outcomeOf(holderOf(world, old).api.auth.refresh())).toBe('session_revoked');
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
    expect(await theSession(world)).toMatchObject({ revoked_reason: 'reuse' });
  });
});

describe('a session ends', () => {
  test('after two weeks without use, to the millisecond', async () => {
    const { world, browser } = await signedIn();
    const copy = holderOf(world, browser.cookie);
    world.clock.advance(14 * DAY - 1);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
    world.clock.advance(14 * DAY);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('token_expired');
    expect(await outcomeOf(copy.api.auth.refresh())).toBe('token_expired');
    expect((await theSession(world)).revoked_at).toBeNull();
  });

  test('after ninety days however much it is used', async () => {
    const { world, browser } = await signedIn();
    for (let day = 0; day < 89; day += 1) {
      world.clock.advance(DAY);
      await browser.api.auth.refresh();
    }
    world.clock.advance(23 * HOUR);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
    world.clock.advance(HOUR);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('token_expired');
  });

  test('as the configuration says', async () => {
    const { world, browser } = await signedIn({ env: { SESSION_IDLE_TTL: '1h', SESSION_MAX_TTL: '2h' } });
    world.clock.advance(HOUR);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('token_expired');
  });

  test('for as long as its account is disabled', async () => {
    const { world, browser } = await signedIn();
    await alterAccount(world, 'ada@example.com', { disabled_at: 1 });
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(browser.api.account.updateProfile({ name: 'x' }))).toBe('session_revoked');
    expect((await theSession(world)).generation).toBe(0);
  });
});

describe('many at once', () => {
  test('refreshes with one cookie converge on one token, and the counter moves by one', async () => {
    const { world, browser } = await signedIn();
    const tabs = Array.from({ length: 25 }, () => holderOf(world, browser.cookie));
    const outcomes = await Promise.all(tabs.map(({ api }) => outcomeOf(api.auth.refresh())));
    expect(new Set(outcomes)).toEqual(new Set(['succeeded']));
    expect(new Set(tabs.map(({ cookie }) => cookie)).size).toBe(1);
    expect(await theSession(world)).toMatchObject({ generation: 1, revoked_at: null });
    world.clock.advance(10 * MINUTE);
    expect(await outcomeOf(holderOf(world, tabs[0]?.cookie).api.auth.refresh())).toBe('succeeded');
  });

  test('in strict mode rotate once and hand out no second token', async () => {
    const { world, browser } = await signedIn({ env: { REFRESH_GRACE: '0' } });
    const tabs = Array.from({ length: 10 }, () => holderOf(world, browser.cookie));
    const outcomes = await Promise.all(tabs.map(({ api }) => outcomeOf(api.auth.refresh())));
    expect(outcomes.filter((outcome) => outcome === 'succeeded').length).toBeLessThanOrEqual(1);
    expect(await theSession(world)).toMatchObject({ generation: 1, revoked_reason: 'reuse' });
  });

  test('signing out meanwhile wins over every one of them', async () => {
    const { world, browser } = await signedIn();
    const tabs = Array.from({ length: 10 }, () => holderOf(world, browser.cookie));
    const refreshes = tabs.map(({ api }) => api.auth.refresh().catch(() => undefined));
    await browser.api.auth.logout();
    for (const answer of await Promise.all(refreshes)) {
      if (!answer) continue;
      const holder = world.visitor();
      holder.bearer = answer.accessToken;
      expect(await outcomeOf(holder.api.auth.me())).toBe('session_revoked');
    }
    for (const tab of tabs) expect(await outcomeOf(tab.api.auth.refresh())).toBe('session_revoked');
  });
});
