import { describe, expect, test } from 'vitest';
import { alterAccount } from '../../support/accounts.ts';
import { errorShapeOf } from '../../support/error-shape.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { SECOND } from '../../support/clock.ts';
import { ADA as EMAIL, limitedWorld, placeOf } from '../../support/guessing.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

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
    ['at one account from one address', 5, () => ({})],
    ['at an account that does not exist, just as soon', 5, () => ({ email: 'nobody@example.com' })],
    [
      'at one account written in different ways',
      5,
      (index) => ({ email: index % 2 ? ' ADA@example.COM' : EMAIL }),
    ],
    ['at one account from many addresses', 20, (index) => ({ ip: `198.51.100.${index}` })],
    ['from one household’s IPv6 /64', 5, (index) => ({ ip: `2001:db8:1:2::${(index + 1).toString(16)}` })],
    [
      'from one address spelled in different ways',
      5,
      (index) => ({ ip: ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201'][index % 3] ?? '' }),
    ],
    ['from callers without an address', 5, () => ({ ip: '' })],
    ['at many accounts from one address', 100, (index) => ({ email: `a${index}@example.com` })],
  ])('%s: after %i attempts', async (_, allowed, attempt) => {
    expect(await guess(await limitedWorld(), allowed + 5, attempt)).toBe(allowed);
  });

  test('and the right password does not help any more, nor does it cost a computation', async () => {
    const world = await limitedWorld();
    await guess(world, 6, () => ({}));
    const before = world.app.deps.hasher.computations();
    const { data, message } = await errorShapeOf(
      world.visitor({ ip: '192.0.2.1' }).api.auth.login({ email: EMAIL, password: GOOD_PASSWORD }),
    );
    expect(message).toBe('Too many attempts. Try again later.');
    expect(data).toMatchObject({ reason: 'throttled', httpStatus: 429, retryAfter: 1 });
    expect(world.app.deps.hasher.computations()).toBe(before);
  });

  test('and many guesses at once gain nothing over one after the other', async () => {
    const world = await limitedWorld();
    const visitor = world.visitor({ ip: '192.0.2.1' });
    const guesses = Array.from({ length: 25 }, () => outcomeOf(visitor.signIn(EMAIL, 'wrong')));
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(20);
  });

  test.each([
    ['one address', () => '192.0.2.1'],
    ['many', placeOf],
  ])(
    'and nobody learns anything: thirty answers to %s are the same, whatever account it is',
    async (_, ipOf) => {
      const world = await limitedWorld();
      await world.visitor({ ip: '192.0.2.201' }).register('disabled@example.com');
      await alterAccount(world, 'disabled@example.com', { disabled_at: 1 });
      const answersFor = async (email: string) => {
        const answers: unknown[] = [];
        for (let index = 0; index < 30; index += 1) {
          const { api } = world.visitor({ ip: ipOf(index) });
          answers.push(await errorShapeOf(api.auth.login({ email, password: 'wrong' })));
          if (index > 8) world.clock.advance(SECOND);
        }
        return answers;
      };
      const unknown = await answersFor('nobody@example.com');
      expect(new Set(unknown.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(3);
      for (const email of [EMAIL, 'disabled@example.com'])
        expect(await answersFor(email), email).toEqual(unknown);
    },
  );
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
      expect(await guess(world, 4, () => ({}))).toBe(4);
      await world.visitor({ ip: '192.0.2.1' }).signIn();
    }
  });

  test('still gets in from home while somebody elsewhere is stopped', async () => {
    const world = await limitedWorld();
    await guess(world, 6, () => ({ ip: '198.51.100.66' }));
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
    expect(guesses).toBe(5);
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
    await guess(world, 6, () => ({}));
    for (let count = 0; count < 200; count += 1)
      expect(await outcomeOf(browser.api.auth.logout())).toBe('succeeded');
  });
});

test('RATE_LIMIT=off lets a load test through', async () => {
  const world = await createWorld({ env: { RATE_LIMIT: 'off' } });
  expect(await guess(world, 40, () => ({}))).toBe(40);
});
