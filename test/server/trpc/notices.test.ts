import { describe, expect, test } from 'vitest';
import { listSessions } from '../../support/accounts.ts';
import { MINUTE } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, type Visitor, type World } from '../../support/world.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

async function registered(): Promise<{ world: World; laptop: Visitor }> {
  const world = await createWorld();
  const laptop = world.visitor();
  await laptop.register();
  world.clock.advance(MINUTE);
  return { world, laptop };
}

const kindsFor = async (visitor: Visitor) => (await visitor.api.notices.list()).map(({ kind }) => kind);

describe('a sign-in from a device that was never seen', () => {
  test('is announced to the person’s other sessions, with device and address', async () => {
    const { world, laptop } = await registered();
    const stranger = world.visitor({ ip: '198.51.100.9', userAgent: CHROME });
    await stranger.signIn();
    const [, session] = await listSessions(world);
    expect(await laptop.api.notices.list()).toEqual([
      {
        id: expect.any(String),
        kind: 'new_device',
        createdAt: '2026-11-24T12:01:00.000Z',
        sessionId: session?.id,
        ip: '198.51.100.9',
        device: 'Chrome on Windows',
      },
    ]);
  });

  test('is not told to the session that it began, which cannot put the notice away either', async () => {
    const { world, laptop } = await registered();
    const stranger = world.visitor();
    await stranger.signIn();
    expect(await kindsFor(stranger)).toEqual([]);
    const [notice] = await laptop.api.notices.list();
    expect(await outcomeOf(stranger.api.notices.dismiss({ id: notice?.id ?? '' }))).toBe('not_found');
    expect(await kindsFor(laptop)).toEqual(['new_device']);
  });

  test('waits for the next sign-in when nobody is there to see it', async () => {
    const { world, laptop } = await registered();
    await laptop.api.auth.logout();
    await world.visitor().signIn();
    await laptop.signIn();
    expect(await kindsFor(laptop)).toEqual(['new_device']);
  });
});

describe('no announcement', () => {
  test('of the registration itself, nor of a browser that comes back, also after a sign-out', async () => {
    const { world, laptop } = await registered();
    const phone = world.visitor();
    await phone.signIn();
    await laptop.api.notices.dismiss({ id: (await laptop.api.notices.list())[0]?.id ?? '' });
    for (const visitor of [laptop, phone]) {
      await visitor.api.auth.logout();
      await visitor.signIn();
    }
    expect(await kindsFor(laptop)).toEqual([]);
  });

  test('a second time while the first is unread: a script without a cookie jar is one line, not hundreds', async () => {
    const { world, laptop } = await registered();
    for (let round = 0; round < 5; round += 1) await world.visitor({ ip: '198.51.100.9' }).signIn();
    expect(await kindsFor(laptop)).toEqual(['new_device']);
  });

  test('to anybody but the owner', async () => {
    const { world } = await registered();
    const grace = world.visitor();
    await grace.register('grace@example.com');
    await world.visitor().signIn();
    expect(await kindsFor(grace)).toEqual([]);
  });
});

describe('what is known of devices', () => {
  test('one cookie serves two people at one browser; each is announced once', async () => {
    const { world, laptop } = await registered();
    const { device } = laptop;
    await laptop.register('grace@example.com');
    expect(laptop.device).toBe(device);
    await laptop.signIn('ada@example.com');
    expect(await kindsFor(laptop)).toEqual([]);
    expect(await world.app.deps.db.selectFrom('devices').selectAll().execute()).toHaveLength(2);
  });

  test('the table alone lets nobody pass for a known device', async () => {
    const { world, laptop } = await registered();
    const [row] = await world.app.deps.db.selectFrom('devices').selectAll().execute();
    const thief = world.visitor();
    thief.device = row?.token_hash;
    await thief.signIn();
    expect(await kindsFor(laptop)).toEqual(['new_device']);
  });

  test.each(['', 'x', '<script>', 'a'.repeat(44), 'ä'.repeat(43), `${'a'.repeat(42)} `])(
    'a cookie that cannot be ours, %j, is replaced',
    async (device) => {
      const { world } = await registered();
      const visitor = world.visitor();
      visitor.device = device;
      await visitor.signIn();
      expect(visitor.device).toMatch(/^[\w-]{43}$/);
      expect(visitor.device).not.toBe(device);
    },
  );

  test('fifty at most are remembered; the one that was away longest is forgotten', async () => {
    const { world, laptop } = await registered();
    for (let index = 0; index < 55; index += 1) {
      world.clock.advance(1);
      await world.visitor({ ip: `198.51.100.${index}` }).signIn();
    }
    expect(await world.app.deps.db.selectFrom('devices').select('token_hash').execute()).toHaveLength(50);
    // As many notices as a person would read, the newest.
    expect((await laptop.api.notices.list()).map(({ ip }) => ip)).toEqual(
      Array.from({ length: 20 }, (_, index) => `198.51.100.${54 - index}`),
    );
  });
});

describe('a refresh token that was used twice', () => {
  async function reuse() {
    const { world, laptop } = await registered();
    const thief = world.visitor({ ip: '198.51.100.9', userAgent: CHROME });
    thief.cookie = laptop.cookie;
    await laptop.api.auth.refresh();
    world.clock.advance(10 * MINUTE);
    expect(await outcomeOf(thief.api.auth.refresh())).toBe('session_revoked');
    return { world, laptop, thief };
  }

  test('puts out thief and owner, is recorded, and is told to the owner at the next sign-in', async () => {
    const { world, laptop, thief } = await reuse();
    for (const visitor of [laptop, thief])
      await expect(visitor.api.auth.refresh()).rejects.toMatchObject({ cause: { ended: 'reuse' } });
    const [session] = await listSessions(world);
    expect(await listEvents(world, 'token_reused')).toMatchObject([
      { session_id: session?.id, ip: '198.51.100.9', user_agent: CHROME },
    ]);
    await laptop.signIn();
    expect(await laptop.api.notices.list()).toMatchObject([
      { kind: 'token_reuse', ip: '198.51.100.9', device: 'Chrome on Windows', sessionId: session?.id },
    ]);
  });

  test('is told once, however often the thief tries', async () => {
    const { world, laptop, thief } = await reuse();
    for (let round = 0; round < 5; round += 1) await outcomeOf(thief.api.auth.refresh());
    await laptop.signIn();
    expect(await kindsFor(laptop)).toEqual(['token_reuse']);
    expect(await listEvents(world, 'token_reused')).toHaveLength(1);
  });

  test('is told once also when two thieves come at the same moment', async () => {
    const { world, laptop } = await registered();
    const thieves = ['198.51.100.9', '198.51.100.10'].map((ip) => world.visitor({ ip }));
    for (const thief of thieves) thief.cookie = laptop.cookie;
    await laptop.api.auth.refresh();
    world.clock.advance(10 * MINUTE);
    await Promise.all(thieves.map((thief) => outcomeOf(thief.api.auth.refresh())));
    await laptop.signIn();
    expect(await kindsFor(laptop)).toEqual(['token_reuse']);
  });

  test('stays told until its owner says that they have read it, and then stays away', async () => {
    const { laptop } = await reuse();
    await laptop.signIn();
    const [notice] = await laptop.api.notices.list();
    const dismiss = () => outcomeOf(laptop.api.notices.dismiss({ id: notice?.id ?? '' }));
    expect([await dismiss(), await dismiss()]).toEqual(['succeeded', 'not_found']);
    expect(await kindsFor(laptop)).toEqual([]);
  });
});

test('somebody else’s notice cannot be put away', async () => {
  const { world, laptop } = await registered();
  const grace = world.visitor();
  await grace.register('grace@example.com');
  await world.visitor().signIn();
  const [notice] = await laptop.api.notices.list();
  expect(await outcomeOf(grace.api.notices.dismiss({ id: notice?.id ?? '' }))).toBe('not_found');
  expect(await kindsFor(laptop)).toEqual(['new_device']);
});
