import { describe, expect, test } from 'vitest';
import { errorShapeOf } from '../../support/error-shape.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

const EMAIL = 'ada@example.com';

async function limitedWorld(): Promise<World> {
  const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
  await world.visitor({ ip: '192.0.2.200' }).register(EMAIL);
  return world;
}

/** How many of `most` attempts, one after the other, were let through to the password check. */
async function guess(
  world: World,
  most: number,
  attempt: (index: number) => { ip?: string; email?: string },
): Promise<number> {
  for (let index = 0; index < most; index += 1) {
    const { ip = '192.0.2.1', email = EMAIL } = attempt(index);
    const outcome = await outcomeOf(world.visitor({ ip }).signIn(email, 'wrong'));
    if (outcome === 'throttled') return index;
    expect(outcome).toBe('invalid_credentials');
  }
  return most;
}

describe('guessing is stopped', () => {
  test.each<[string, number, (index: number) => { ip?: string; email?: string }]>([
    ['at one account from one address', 10, () => ({})],
    ['at an account that does not exist, just as soon', 10, () => ({ email: 'nobody@example.com' })],
    [
      'at one account written in different ways',
      10,
      (index) => ({ email: index % 2 ? ' ADA@example.COM' : EMAIL }),
    ],
    ['at one account from many addresses', 30, (index) => ({ ip: `198.51.100.${index}` })],
    ['from one household’s IPv6 /64', 10, (index) => ({ ip: `2001:db8:1:2::${(index + 1).toString(16)}` })],
    [
      'from one address spelled in different ways',
      10,
      (index) => ({ ip: ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201'][index % 3] ?? '' }),
    ],
    ['from callers without an address', 10, () => ({ ip: '' })],
    ['at many accounts from one address', 100, (index) => ({ email: `a${index}@example.com` })],
  ])('%s: after %i attempts', async (_, allowed, attempt) => {
    expect(await guess(await limitedWorld(), allowed + 5, attempt)).toBe(allowed);
  });

  test('and the right password does not help any more, nor does it cost a computation', async () => {
    const world = await limitedWorld();
    await guess(world, 11, () => ({}));
    const before = world.app.deps.hasher.computations();
    const { data, message } = await errorShapeOf(
      world.visitor({ ip: '192.0.2.1' }).api.auth.login({ email: EMAIL, password: GOOD_PASSWORD }),
    );
    expect(message).toBe('Too many attempts. Try again later.');
    expect(data).toMatchObject({ reason: 'throttled', httpStatus: 429, retryAfter: expect.any(Number) });
    expect(data.retryAfter).toBeGreaterThan(800);
    expect(data.retryAfter).toBeLessThanOrEqual(900);
    expect(Number.isInteger(data.retryAfter)).toBe(true);
    expect(world.app.deps.hasher.computations()).toBe(before);
  });

  test('and many guesses at once gain nothing over one after the other', async () => {
    const world = await limitedWorld();
    const visitor = world.visitor({ ip: '192.0.2.1' });
    const guesses = Array.from({ length: 25 }, () => outcomeOf(visitor.signIn(EMAIL, 'wrong')));
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(15);
  });

  test('and who is locked out learns nothing: a known and an unknown account are told the same', async () => {
    const world = await limitedWorld();
    const shapes: unknown[] = [];
    for (const email of [EMAIL, 'nobody@example.com']) {
      await guess(world, 11, () => ({ email }));
      const { data, ...rest } = await errorShapeOf(
        world.visitor({ ip: '192.0.2.1' }).api.auth.login({ email, password: 'wrong' }),
      );
      shapes.push({ ...rest, data: { ...data, retryAfter: Number(data.retryAfter) > 800 } });
    }
    expect(shapes[0]).toEqual(shapes[1]);
  });
});

describe('the owner', () => {
  test('who gets it right is never stopped, however often', async () => {
    const world = await limitedWorld();
    const browser = world.visitor({ ip: '192.0.2.1' });
    for (let count = 0; count < 40; count += 1) await browser.signIn();
  });

  test('who mistypes and then gets it right starts afresh from this address', async () => {
    const world = await limitedWorld();
    for (let round = 0; round < 3; round += 1) {
      expect(await guess(world, 9, () => ({}))).toBe(9);
      await world.visitor({ ip: '192.0.2.1' }).signIn();
    }
  });

  test('still gets in from home while somebody elsewhere is stopped', async () => {
    const world = await limitedWorld();
    await guess(world, 11, () => ({ ip: '198.51.100.66' }));
    expect(await outcomeOf(world.visitor({ ip: '192.0.2.1' }).signIn())).toBe('succeeded');
  });

  test('of another account gives a guesser nothing back', async () => {
    const world = await limitedWorld();
    const eve = world.visitor({ ip: '192.0.2.1' });
    await eve.register('eve@example.com');
    let guesses = 0;
    while ((await guess(world, 1, () => ({}))) === 1) {
      guesses += 1;
      await eve.signIn('eve@example.com');
    }
    expect(guesses).toBe(10);
  });
});

test('an account of their own gives a guesser at many accounts nothing back either', async () => {
  const world = await limitedWorld();
  const eve = world.visitor({ ip: '192.0.2.1' });
  await eve.register('eve@example.com');
  expect(await guess(world, 99, (index) => ({ email: `a${index}@example.com` }))).toBe(99);
  await eve.signIn('eve@example.com');
  expect(await guess(world, 5, (index) => ({ email: `b${index}@example.com` }))).toBe(1);
});

describe('the other public procedures', () => {
  test('registering is limited by address, and a refused password does not count', async () => {
    const world = await limitedWorld();
    const browser = world.visitor({ ip: '192.0.2.1' });
    const weak = { email: 'weak@example.com', password: 'short' };
    for (let count = 0; count < 40; count += 1)
      expect(await outcomeOf(browser.api.auth.register(weak))).toBe('weak_password');
    for (let count = 0; count < 30; count += 1)
      expect(await outcomeOf(browser.register(`a${count}@example.com`))).toBe('succeeded');
    expect(await outcomeOf(browser.register('one-more@example.com'))).toBe('throttled');
    expect(await outcomeOf(world.visitor({ ip: '192.0.2.2' }).register('b@example.com'))).toBe('succeeded');
  });

  test('refreshing is limited by session and by address, whatever cookie comes', async () => {
    const world = await limitedWorld();
    const browser = world.visitor({ ip: '192.0.2.1' });
    await browser.register('grace@example.com');
    for (let count = 0; count < 120; count += 1) await browser.api.auth.refresh();
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('throttled');

    const stranger = world.visitor({ ip: '192.0.2.77' });
    for (let count = 0; count < 600; count += 1) {
      stranger.cookie = count % 2 ? 'nonsense' : undefined;
      await outcomeOf(stranger.api.auth.refresh());
    }
    expect(await outcomeOf(stranger.api.auth.refresh())).toBe('throttled');
  });

  test('signing out is never refused', async () => {
    const world = await limitedWorld();
    const browser = world.visitor({ ip: '192.0.2.1' });
    await guess(world, 11, () => ({}));
    for (let count = 0; count < 200; count += 1)
      expect(await outcomeOf(browser.api.auth.logout())).toBe('succeeded');
  });
});

test('RATE_LIMIT=off lets a load test through', async () => {
  const world = await createWorld({ env: { RATE_LIMIT: 'off' } });
  expect(await guess(world, 40, () => ({}))).toBe(40);
});
