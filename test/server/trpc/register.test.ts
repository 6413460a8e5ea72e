import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { listSessions, readAccount } from '../../support/accounts.ts';
import { SECOND } from '../../support/clock.ts';
import { errorShapeOf } from '../../support/error-shape.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { requireSignedIn } from '../../support/letters.ts';
import { createWorld, GOOD_PASSWORD } from '../../support/world.ts';

const ada = { email: 'ada@example.com', password: GOOD_PASSWORD };

describe('registering', () => {
  test('makes an account and signs it in', async () => {
    const { visitor, clock } = await createWorld();
    const browser = visitor();
    const answer = requireSignedIn(
      await browser.api.auth.register({ ...ada, email: ' Ada@Example.COM ', name: ' Ada ' }),
    );
    expect(answer).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 900,
      scope: 'profile:read profile:write',
      user: {
        id: expect.any(String),
        email: 'ada@example.com',
        emailVerified: false,
        name: 'Ada',
        scopes: ['profile:read', 'profile:write'],
        createdAt: new Date(clock.now()).toISOString(),
      },
    });
    expect(browser.cookie).toMatch(/^spr_[\w-]{71}$/);
    browser.bearer = answer.accessToken;
    expect(await browser.api.auth.me()).toEqual(answer.user);
    expect(decodeJwt(answer.accessToken)).toMatchObject({ sub: answer.user.id, amr: ['pwd'] });
  });

  test('keeps the password as a hash only', async () => {
    const world = await createWorld();
    await world.visitor().register();
    const { password_hash } = await readAccount(world, 'ada@example.com');
    expect(password_hash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);
  });

  test('a name is not needed', async () => {
    const { visitor } = await createWorld();
    expect(requireSignedIn(await visitor().api.auth.register(ada)).user.name).toBe('');
  });

  test('an address that is taken, in any spelling, is a conflict and changes nothing', async () => {
    const world = await createWorld();
    await world.visitor().register('ada@bücher.example');
    const before = await readAccount(world, 'ada@xn--bcher-kva.example');
    const stranger = world.visitor();
    for (const email of ['ada@bücher.example', 'ADA@BÜCHER.EXAMPLE', ' ada@xn--bcher-kva.example'])
      expect(
        await outcomeOf(stranger.api.auth.register({ email, password: 'another passphrase altogether' })),
      ).toBe('conflict');
    expect(await readAccount(world, 'ada@xn--bcher-kva.example')).toEqual(before);
    expect(await listSessions(world)).toHaveLength(1);
    expect(stranger.cookie).toBeUndefined();
  });

  test('of ten registrations of one address at once exactly one wins', async () => {
    const world = await createWorld();
    const visitors = Array.from({ length: 10 }, () => world.visitor());
    const outcomes = await Promise.all(visitors.map(({ api }) => outcomeOf(api.auth.register(ada))));
    expect(outcomes.toSorted()).toEqual([...Array<string>(9).fill('conflict'), 'succeeded']);
    expect(await listSessions(world)).toHaveLength(1);
  });

  test('costs one hash computation whether or not the address is taken', async () => {
    const { app, visitor } = await createWorld();
    const costs: number[] = [];
    for (const { api } of [visitor(), visitor()]) {
      const before = app.deps.hasher.computations();
      await outcomeOf(api.auth.register(ada));
      costs.push(app.deps.hasher.computations() - before);
    }
    expect(costs).toEqual([1, 1]);
  });

  test('a password that the policy refuses makes nothing, and says why', async () => {
    const world = await createWorld();
    const name = 'Ada Wojciechowska';
    const refused: [string, string][] = [
      ['fourteen chars', 'too_short'],
      ['ab'.repeat(129), 'too_long'],
      ['ada@example.com!!', 'contains_email'],
      ['sallyport sallyport', 'contains_product'],
      ['1QAZ2wsx3edc4rfv', 'common'],
      ['princess princess', 'guessable_words'],
      ['Wojciechowska1987', 'guessable_personal'],
      [`${GOOD_PASSWORD}\u202e`, 'unusable'],
    ];
    for (const [password, code] of refused) {
      const { data } = await errorShapeOf(world.visitor().api.auth.register({ ...ada, name, password }));
      expect(data, code).toMatchObject({ reason: 'weak_password', issues: [{ path: ['password'], code }] });
    }
    expect(await listSessions(world)).toEqual([]);
    expect(world.app.deps.hasher.computations()).toBe(0);
  });

  test('the shortest password is a setting', async () => {
    const { visitor } = await createWorld({ env: { PASSWORD_MIN_LENGTH: '8' } });
    expect(await outcomeOf(visitor().api.auth.register({ ...ada, password: 'qwkzbvtp' }))).toBe('succeeded');
  });

  test('ends the session that the same browser held, once the new one is there', async () => {
    const world = await createWorld();
    const browser = world.visitor();
    await browser.register('ada@example.com');
    const old = browser.bearer;
    world.clock.advance(SECOND);
    await browser.register('grace@example.com');
    expect((await listSessions(world)).map(({ revoked_reason }) => revoked_reason)).toEqual([
      'replaced',
      null,
    ]);
    expect((await browser.api.auth.me()).email).toBe('grace@example.com');
    browser.bearer = old;
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
  });

  test('that fails ends no session', async () => {
    const world = await createWorld();
    await world.visitor().register('taken@example.com');
    const browser = world.visitor();
    await browser.register();
    const held = browser.cookie;
    expect(await outcomeOf(browser.register('taken@example.com'))).toBe('conflict');
    expect(browser.cookie).toBe(held);
    expect((await browser.api.auth.me()).email).toBe('ada@example.com');
  });
});
