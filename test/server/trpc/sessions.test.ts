import { describe, expect, test } from 'vitest';
import { registerClient } from '../../../server/flows/manage-clients.ts';
import { signIn } from '../../../server/flows/sign-in.ts';
import { startSession } from '../../../server/flows/start-session.ts';
import { listSessions } from '../../support/accounts.ts';
import { DAY, HOUR, MINUTE } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A laptop on which Ada registered, and a phone on which she has signed in since. */
async function twoDevices() {
  const world = await createWorld();
  const laptop = world.visitor({ userAgent: FIREFOX });
  await laptop.register();
  world.clock.advance(MINUTE);
  const phone = world.visitor({ ip: '2001:db8::7' });
  await phone.signIn();
  return { world, laptop, phone };
}

async function idOf(world: World, index: number): Promise<string> {
  const session = (await listSessions(world))[index];
  if (!session) throw new Error('no such session');
  return session.id;
}

describe('the list of sessions', () => {
  test('shows each with its device, its address and its times; the one that asks first', async () => {
    const { world, laptop, phone } = await twoDevices();
    world.clock.advance(MINUTE);
    await phone.api.auth.refresh();
    expect(await laptop.api.sessions.list()).toEqual([
      {
        id: await idOf(world, 0),
        current: true,
        createdAt: '2026-11-24T12:00:00.000Z',
        lastSeenAt: '2026-11-24T12:00:00.000Z',
        ip: '203.0.113.7',
        userAgent: FIREFOX,
        device: 'Firefox on Linux',
        deviceType: 'desktop',
      },
      {
        id: await idOf(world, 1),
        current: false,
        createdAt: '2026-11-24T12:01:00.000Z',
        lastSeenAt: '2026-11-24T12:02:00.000Z',
        ip: '2001:db8::7',
        userAgent: 'Test/1.0',
        device: 'Test',
        deviceType: 'other',
      },
    ]);
    expect((await phone.api.sessions.list()).map(({ current }) => current)).toEqual([true, false]);
  });

  test('puts the last used first, and leaves out what is over', async () => {
    const { world, laptop } = await twoDevices();
    const used = world.visitor({ ip: '198.51.100.1' });
    await used.signIn();
    const ended = world.visitor();
    await ended.signIn();
    await ended.api.auth.logout();
    world.clock.advance(13 * DAY);
    laptop.bearer = (await laptop.api.auth.refresh()).accessToken;
    await used.api.auth.refresh();
    world.clock.advance(2 * DAY - HOUR);
    laptop.bearer = (await laptop.api.auth.refresh()).accessToken;
    // The phone has not been used for two weeks.
    expect((await laptop.api.sessions.list()).map(({ ip }) => ip)).toEqual(['203.0.113.7', '198.51.100.1']);
  });

  test('shows nobody else’s', async () => {
    const { world, laptop } = await twoDevices();
    const grace = world.visitor();
    await grace.register('grace@example.com');
    expect(await grace.api.sessions.list()).toHaveLength(1);
    expect(await laptop.api.sessions.list()).toHaveLength(2);
  });

  test('is for whoever is signed in', async () => {
    const { world } = await twoDevices();
    const { api } = world.visitor();
    for (const call of [api.sessions.list(), api.sessions.revokeOthers(), api.notices.list()])
      expect(await outcomeOf(call)).toBe('token_missing');
  });
});

describe('ending one session', () => {
  test('puts its device out at the next call, and says why; the one that ended it stays', async () => {
    const { world, laptop, phone } = await twoDevices();
    expect(await laptop.api.sessions.revoke({ id: await idOf(world, 1) })).toEqual({ ok: true });
    expect(await outcomeOf(phone.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(phone.api.auth.refresh())).toBe('session_revoked');
    expect(await outcomeOf(phone.api.sessions.list())).toBe('session_revoked');
    await expect(phone.api.auth.me()).rejects.toMatchObject({ cause: { ended: 'ended_elsewhere' } });
    await expect(phone.api.auth.refresh()).rejects.toMatchObject({ cause: { ended: 'ended_elsewhere' } });
    expect(await laptop.api.sessions.list()).toHaveLength(1);
    expect(await outcomeOf(laptop.api.auth.refresh())).toBe('succeeded');
  });

  test('twice is as good as once, and keeps the first reason', async () => {
    const { world, laptop, phone } = await twoDevices();
    const id = await idOf(world, 1);
    await phone.api.auth.logout();
    for (let round = 0; round < 2; round += 1)
      expect(await outcomeOf(laptop.api.sessions.revoke({ id }))).toBe('succeeded');
    expect((await listSessions(world))[1]?.revoked_reason).toBe('signed_out');
    expect(await listEvents(world, 'session_ended')).toEqual([]);
  });

  test('may be the one that asks', async () => {
    const { world, laptop } = await twoDevices();
    await laptop.api.sessions.revoke({ id: await idOf(world, 0) });
    expect(await outcomeOf(laptop.api.auth.me())).toBe('session_revoked');
  });

  test('of somebody else is not found, as if it were not there, and goes on', async () => {
    const { world, laptop, phone } = await twoDevices();
    const theirs = [await idOf(world, 0), await idOf(world, 1)];
    const grace = world.visitor();
    await grace.register('grace@example.com');
    const nobodys = '0193a0b0-0000-7000-8000-00000000000a';
    for (const id of [...theirs, nobodys])
      expect(await outcomeOf(grace.api.sessions.revoke({ id }))).toBe('not_found');
    for (const visitor of [laptop, phone]) expect(await outcomeOf(visitor.api.auth.me())).toBe('succeeded');
  });

  test.each(['', 'current', '../etc', "' or 1=1 --", '0193a0b0'])('called %j is no id', async (id) => {
    const { laptop } = await twoDevices();
    expect(await outcomeOf(laptop.api.sessions.revoke({ id }))).toBe('validation');
  });
});

describe('ending all other sessions', () => {
  test('leaves the one that asks, and counts those that were of use', async () => {
    const { world, laptop, phone } = await twoDevices();
    const third = world.visitor();
    await third.signIn();
    expect(await laptop.api.sessions.revokeOthers()).toEqual({ revoked: 2 });
    for (let round = 0; round < 3; round += 1)
      expect(await laptop.api.sessions.revokeOthers()).toEqual({ revoked: 0 });
    expect(
      await listEvents(world, 'other_sessions_ended'),
      'nothing is recorded where nothing was done',
    ).toHaveLength(1);
    for (const visitor of [phone, third]) {
      expect(await outcomeOf(visitor.api.auth.me())).toBe('session_revoked');
      expect(await outcomeOf(visitor.api.auth.refresh())).toBe('session_revoked');
    }
    expect(await outcomeOf(laptop.api.auth.me())).toBe('succeeded');
  });

  test('ends expired ones too, uncounted: a longer SESSION_IDLE_TTL must not bring them back', async () => {
    const { world, laptop } = await twoDevices();
    world.clock.advance(13 * DAY);
    await laptop.api.auth.refresh();
    world.clock.advance(2 * DAY);
    laptop.bearer = (await laptop.api.auth.refresh()).accessToken;
    expect(await laptop.api.sessions.revokeOthers()).toEqual({ revoked: 0 });
    expect((await listSessions(world))[1]?.revoked_reason).toBe('ended_elsewhere');
  });

  test('touches nobody else', async () => {
    const { world, laptop } = await twoDevices();
    const grace = world.visitor();
    await grace.register('grace@example.com');
    await laptop.api.sessions.revokeOthers();
    expect(await outcomeOf(grace.api.auth.refresh())).toBe('succeeded');
  });

  test('by two holders at the same moment puts out one of them, never both', async () => {
    const { laptop, phone } = await twoDevices();
    const outcomes = await Promise.all([
      outcomeOf(laptop.api.sessions.revokeOthers()),
      outcomeOf(phone.api.sessions.revokeOthers()),
    ]);
    expect(outcomes.toSorted()).toEqual(['session_revoked', 'succeeded']);
    const [first, second] = [await outcomeOf(laptop.api.auth.me()), await outcomeOf(phone.api.auth.me())];
    expect([first, second].toSorted()).toEqual(['session_revoked', 'succeeded']);
  });
});

test('a session of another client bears its name, so that its owner knows what to end', async () => {
  const { app, visitor } = await createWorld();
  const ada = visitor();
  await ada.register();
  const { client } = await registerClient(app.deps, {
    name: 'Mail on the server',
    confidential: false,
    grants: ['password', 'refresh_token'],
    ceiling: ['profile:read'],
  });
  const origin = { ip: '203.0.113.9', userAgent: 'curl/8.5.0' };
  await signIn(app.deps, { email: 'ada@example.com', password: GOOD_PASSWORD, start: { client, origin } });
  expect((await ada.api.sessions.list()).map(({ client: name, device }) => [name, device])).toEqual([
    [undefined, 'Test'],
    ['Mail on the server', 'curl'],
  ]);
});

test('sessions that are over take no place in the list from those that are not', async () => {
  const { app, clock, visitor } = await createWorld();
  const ada = visitor();
  await ada.register();
  const { client } = await registerClient(app.deps, {
    name: 'Script',
    confidential: false,
    grants: ['password'],
    ceiling: ['profile:read'],
  });
  const [own] = await ada.api.sessions.list();
  const [account] = await app.deps.db.selectFrom('accounts').selectAll().execute();
  if (!account) throw new Error('there is no account');
  clock.advance(MINUTE);
  const start = { client, origin: { ip: '203.0.113.9', userAgent: 'curl/8.5.0' } };
  await app.deps.db.transaction().execute(async (trx) => {
    for (let count = 0; count < 500; count += 1)
      await startSession(app.deps, trx, { account, scope: 'profile:read', start, event: 'signed_in' });
  });
  clock.advance(20 * MINUTE);
  await ada.api.auth.refresh();
  ada.bearer = (await ada.api.auth.refresh()).accessToken;
  expect((await ada.api.sessions.list()).map(({ id }) => id)).toEqual([own?.id]);
});
