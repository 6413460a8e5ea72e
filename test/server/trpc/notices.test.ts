import { describe, expect, test } from 'vitest';
import { listSessions } from '../../support/accounts.ts';
import { DAY, HOUR, MINUTE } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD, type Visitor, type World } from '../../support/world.ts';

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
        dismissible: true,
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

  test('cannot be put away by the one who came with it, from a second session no more than from the first', async () => {
    const { world, laptop } = await registered();
    const thief = world.visitor({ ip: '198.51.100.9' });
    await thief.signIn();
    world.clock.advance(MINUTE);
    const again = world.visitor({ ip: '198.51.100.10' });
    await again.signIn();
    const cookied = Object.assign(world.visitor(), { device: thief.device });
    await cookied.signIn();
    const notices = await laptop.api.notices.list();
    expect(notices.map(({ dismissible }) => dismissible)).toEqual([true, true]);
    const [, first] = notices;
    for (const visitor of [thief, again, cookied]) {
      expect(await outcomeOf(visitor.api.notices.dismiss({ id: first?.id ?? '' }))).toBe('not_found');
      expect((await visitor.api.notices.list()).find(({ id }) => id === first?.id)?.dismissible).not.toBe(
        true,
      );
    }
    // Whoever has been let be for a week is no stranger any more.
    world.clock.advance(7 * DAY);
    again.bearer = (await again.api.auth.refresh()).accessToken;
    expect(await outcomeOf(again.api.notices.dismiss({ id: first?.id ?? '' }))).toBe('succeeded');
  });

  test('may be put away by a session that is older than devices are known', async () => {
    const { world, laptop } = await registered();
    await world.app.deps.db.updateTable('sessions').set({ device_hash: null }).execute();
    await world.visitor().signIn();
    expect((await laptop.api.notices.list()).map(({ dismissible }) => dismissible)).toEqual([true]);
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

  test('more than once an hour of the same: a script without a cookie jar is a line, which shows its newest session', async () => {
    const { world, laptop } = await registered();
    for (let round = 0; round < 5; round += 1) {
      world.clock.advance(MINUTE);
      await world.visitor({ ip: '198.51.100.9' }).signIn();
    }
    const newest = (await listSessions(world)).at(-1);
    expect(await laptop.api.notices.list()).toMatchObject([{ kind: 'new_device', sessionId: newest?.id }]);
    world.clock.advance(HOUR);
    await world.visitor({ ip: '198.51.100.9' }).signIn();
    world.clock.advance(-HOUR);
    expect(await kindsFor(laptop)).toEqual(['new_device', 'new_device']);
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

describe('a device whose session was ended', () => {
  test.each([
    ['one by one', async (laptop: Visitor, id: string) => void (await laptop.api.sessions.revoke({ id }))],
    ['with all others', async (laptop: Visitor) => void (await laptop.api.sessions.revokeOthers())],
    [
      'by a password change',
      async (laptop: Visitor) => {
        const change = { currentPassword: GOOD_PASSWORD, newPassword: 'another lantern, another night' };
        laptop.bearer = (await laptop.api.account.changePassword(change)).accessToken;
      },
    ],
  ])('%s is announced again when it comes back', async (_, end) => {
    const { world, laptop } = await registered();
    const thief = world.visitor({ ip: '198.51.100.9' });
    await thief.signIn();
    const [notice] = await laptop.api.notices.list();
    await end(laptop, notice?.sessionId ?? '');
    await laptop.api.notices.dismiss({ id: notice?.id ?? '' });
    expect(await kindsFor(laptop)).toEqual([]);
    await thief.signIn().catch(() => thief.signIn('ada@example.com', 'another lantern, another night'));
    expect(await kindsFor(laptop)).toEqual(['new_device']);
    await laptop.api.auth.logout();
    await laptop.signIn().catch(() => laptop.signIn('ada@example.com', 'another lantern, another night'));
    expect(await kindsFor(laptop), 'the owner’s own stays known').toEqual(['new_device']);
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

  test('is told again of another session, while the first is unread, and is not pushed out by cheaper news', async () => {
    const { world, laptop } = await reuse();
    await laptop.signIn();
    const thief = world.visitor({ ip: '198.51.100.9', userAgent: CHROME });
    thief.cookie = laptop.cookie;
    await laptop.api.auth.refresh();
    world.clock.advance(10 * MINUTE);
    await outcomeOf(thief.api.auth.refresh());
    await laptop.signIn();
    for (let index = 0; index < 25; index += 1) await world.visitor({ ip: `192.0.2.${index}` }).signIn();
    const kinds = await kindsFor(laptop);
    expect(kinds.filter((kind) => kind === 'token_reuse')).toHaveLength(2);
    expect(kinds).toHaveLength(22);
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
  world.clock.advance(MINUTE);
  await world.visitor().signIn();
  const [notice] = await laptop.api.notices.list();
  expect(await outcomeOf(grace.api.notices.dismiss({ id: notice?.id ?? '' }))).toBe('not_found');
  expect(await kindsFor(laptop)).toEqual(['new_device']);
});
