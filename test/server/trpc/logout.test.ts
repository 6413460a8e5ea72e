import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { listSessions } from '../../support/accounts.ts';
import { DAY, MINUTE, SECOND } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, type Visitor, type World } from '../../support/world.ts';

/** Ada's browser, with a session; and whoever else is needed. */
async function signedIn(): Promise<{ world: World; browser: Visitor }> {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  return { world, browser };
}

function holderOf(
  world: World,
  { cookie, bearer }: { cookie?: string | undefined; bearer?: string | undefined },
) {
  const holder = world.visitor();
  [holder.cookie, holder.bearer] = [cookie, bearer];
  return holder;
}

async function reasons(world: World): Promise<(string | null)[]> {
  return (await listSessions(world)).map(({ revoked_reason }) => revoked_reason);
}

describe('signing out', () => {
  test.each([
    ['cookie', true, false],
    ['bearer', false, true],
    ['cookie and bearer', true, true],
  ])('with %s ends the session and clears the cookie', async (_, withCookie, withBearer) => {
    const { world, browser } = await signedIn();
    const leaving = holderOf(world, {
      cookie: withCookie ? browser.cookie : undefined,
      bearer: withBearer ? browser.bearer : undefined,
    });
    expect(await leaving.api.auth.logout()).toEqual({ ok: true });
    expect(leaving.cookie).toBeUndefined();
    expect(await reasons(world)).toEqual(['signed_out']);
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
  });

  test('with nothing is signed out already', async () => {
    const { world } = await signedIn();
    expect(await world.visitor().api.auth.logout()).toEqual({ ok: true });
    expect(await reasons(world)).toEqual([null]);
  });

  test('twice is signed out, and the first time is what is remembered', async () => {
    const { world, browser } = await signedIn();
    const { cookie } = browser;
    await browser.api.auth.logout();
    const at = world.clock.now();
    world.clock.advance(MINUTE);
    browser.cookie = cookie;
    expect(await browser.api.auth.logout()).toEqual({ ok: true });
    expect(await listSessions(world)).toMatchObject([{ revoked_at: at, revoked_reason: 'signed_out' }]);
  });

  test('with cookie and bearer of two sessions ends both: the caller proved to hold them', async () => {
    const { world, browser } = await signedIn();
    const other = world.visitor();
    await other.signIn();
    await holderOf(world, { cookie: browser.cookie, bearer: other.bearer }).api.auth.logout();
    expect(await reasons(world)).toEqual(['signed_out', 'signed_out']);
  });

  test('ends this session only: other devices stay signed in', async () => {
    const { world, browser } = await signedIn();
    const phone = world.visitor();
    await phone.signIn();
    await browser.api.auth.logout();
    expect(await outcomeOf(phone.api.auth.me())).toBe('succeeded');
    expect(await outcomeOf(phone.api.auth.refresh())).toBe('succeeded');
  });

  test('with a cookie that was replaced a while ago ends the session all the same', async () => {
    const { world, browser } = await signedIn();
    const { cookie } = browser;
    world.clock.advance(DAY);
    browser.bearer = (await browser.api.auth.refresh()).accessToken;
    world.clock.advance(MINUTE);
    await holderOf(world, { cookie }).api.auth.logout();
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
    expect(await reasons(world)).toEqual(['signed_out']);
  });

  test('with an access token that has expired is signed out, and ends nothing', async () => {
    const { world, browser } = await signedIn();
    world.clock.advance(15 * MINUTE);
    expect(await holderOf(world, { bearer: browser.bearer }).api.auth.logout()).toEqual({ ok: true });
    expect(await reasons(world)).toEqual([null]);
  });
});

describe('whoever only knows a session’s id cannot end it', () => {
  test('with its refresh token under any other tag', async () => {
    const { world, browser } = await signedIn();
    const bytes = Buffer.from(browser.cookie?.slice(4) ?? '', 'base64url');
    const tags = [Buffer.alloc(32), Buffer.alloc(32, 255), Buffer.from(bytes.subarray(21).toReversed())];
    for (const tag of tags) {
      const cookie = `spr_${Buffer.concat([bytes.subarray(0, 21), tag]).toString('base64url')}`;
      expect(await holderOf(world, { cookie }).api.auth.logout()).toEqual({ ok: true });
    }
    expect(await reasons(world)).toEqual([null]);
    expect(await outcomeOf(browser.api.auth.me())).toBe('succeeded');
  });

  test('with the tag of a session of their own', async () => {
    const { world, browser } = await signedIn();
    const eve = world.visitor();
    await eve.register('eve@example.com');
    const bytesOf = ({ cookie }: Visitor) => Buffer.from(cookie?.slice(4) ?? '', 'base64url');
    const spliced = Buffer.concat([bytesOf(browser).subarray(0, 21), bytesOf(eve).subarray(21)]);
    await holderOf(world, { cookie: `spr_${spliced.toString('base64url')}` }).api.auth.logout();
    expect(await reasons(world)).toEqual([null, null]);
  });

  test('with an access token whose session was changed by hand', async () => {
    const { world, browser } = await signedIn();
    const eve = world.visitor();
    await eve.register('eve@example.com');
    const claims = { ...decodeJwt(eve.bearer ?? ''), sid: decodeJwt(browser.bearer ?? '')['sid'] };
    const [header, , signature] = (eve.bearer ?? '').split('.');
    const altered = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    expect(await holderOf(world, { bearer: altered }).api.auth.logout()).toEqual({ ok: true });
    expect(await reasons(world)).toEqual([null, null]);
    expect(await outcomeOf(browser.api.auth.me())).toBe('succeeded');
  });
});

test('an ended session stays ended when the clock moves on and its access tokens are still unexpired', async () => {
  const { world, browser } = await signedIn();
  world.clock.advance(14 * MINUTE);
  await holderOf(world, { cookie: browser.cookie }).api.auth.logout();
  world.clock.advance(59 * SECOND);
  expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
  world.clock.advance(SECOND);
  expect(await outcomeOf(browser.api.auth.me())).toBe('token_expired');
});
