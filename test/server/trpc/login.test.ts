import { availableParallelism } from 'node:os';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { alterAccount, listSessions, readAccount } from '../../support/accounts.ts';
import { MINUTE } from '../../support/clock.ts';
import { errorShapeOf } from '../../support/error-shape.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

const EMAIL = 'ada@example.com';

/** An account made elsewhere: `U*U*U` in crypt_blowfish's and `password` in Passlib's published vectors. */
const IMPORTED = [
  ['$2a$', 'U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['$2b$', 'U*U*U', '$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['$2y$', 'U*U*U', '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  [
    'bcrypt_sha256 version 1',
    'password',
    '$bcrypt-sha256$2b,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu',
  ],
] as const;

async function worldWithAda(): Promise<World> {
  const world = await createWorld();
  await world.visitor().register(EMAIL);
  return world;
}

/** Lets something happen after the password was checked and before the session is opened. */
function meanwhile(world: World, happens: () => Promise<void>): void {
  const { hasher } = world.app.deps;
  world.app.deps.hasher = {
    ...hasher,
    async verify(password, stored) {
      const verdict = await hasher.verify(password, stored);
      world.app.deps.hasher = hasher;
      await happens();
      return verdict;
    },
  };
}

describe('signing in', () => {
  test('opens a new session and says who is there', async () => {
    const world = await worldWithAda();
    const browser = world.visitor();
    const answer = await browser.api.auth.login({ email: ' ADA@example.com', password: GOOD_PASSWORD });
    expect(answer).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, user: { email: EMAIL } });
    browser.bearer = answer.accessToken;
    expect(await browser.api.auth.me()).toEqual(answer.user);
    const sessions = await listSessions(world);
    expect(sessions.map(({ id }) => id)).toContain(decodeJwt(answer.accessToken)['sid']);
    expect(sessions).toHaveLength(2);
  });

  test('records where it came from', async () => {
    const world = await worldWithAda();
    world.clock.advance(MINUTE);
    await world.visitor({ ip: '198.51.100.4' }).signIn();
    expect((await listSessions(world)).at(-1)).toMatchObject({ ip: '198.51.100.4', user_agent: 'Test/1.0' });
  });

  test.each([
    [undefined, 'profile:read profile:write'],
    ['profile:read', 'profile:read'],
    ['profile:write profile:read', 'profile:read profile:write'],
    ['profile:read admin', 'profile:read'],
  ])('asking for the scope %j grants %j', async (scope, granted) => {
    const { visitor } = await worldWithAda();
    const answer = await visitor().api.auth.login({ email: EMAIL, password: GOOD_PASSWORD, scope });
    expect(answer.scope).toBe(granted);
    expect(answer.user.scopes).toEqual(granted.split(' '));
    expect(decodeJwt(answer.accessToken)['scope']).toBe(granted);
  });

  test('asking for no scope that exists is refused before any work is done', async () => {
    const { app, visitor } = await worldWithAda();
    const before = app.deps.hasher.computations();
    const { data } = await errorShapeOf(
      visitor().api.auth.login({ email: EMAIL, password: GOOD_PASSWORD, scope: 'admin' }),
    );
    expect(data).toMatchObject({
      reason: 'validation',
      issues: [{ path: ['scope'], code: 'unknown_scope' }],
    });
    expect(app.deps.hasher.computations()).toBe(before);
  });

  test('ends the session that the same browser held', async () => {
    const world = await worldWithAda();
    const browser = world.visitor();
    world.clock.advance(MINUTE);
    await browser.signIn();
    const [oldCookie, oldBearer] = [browser.cookie, browser.bearer];
    world.clock.advance(MINUTE);
    await browser.signIn();
    const thief = world.visitor();
    [thief.cookie, thief.bearer] = [oldCookie, oldBearer];
    expect(await outcomeOf(thief.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(thief.api.auth.refresh())).toBe('session_revoked');
    expect((await browser.api.auth.me()).email).toBe(EMAIL);
    expect((await listSessions(world)).map(({ revoked_reason }) => revoked_reason)).toEqual([
      null,
      'replaced',
      null,
    ]);
  });

  test('that fails leaves the session that the same browser holds', async () => {
    const { visitor } = await worldWithAda();
    const browser = visitor();
    await browser.signIn();
    const held = browser.cookie;
    expect(await outcomeOf(browser.signIn(EMAIL, 'wrong'))).toBe('invalid_credentials');
    expect(browser.cookie).toBe(held);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe('succeeded');
  });
});

describe('whatever is wrong, the answer and the work are the same', () => {
  const wrongs: [string, Parameters<typeof alterAccount>[2] | undefined, string][] = [
    ['the password', { name: '' }, 'wrong'],
    ['the address: nobody has it', undefined, GOOD_PASSWORD],
    ['the account: it is disabled', { disabled_at: 1 }, GOOD_PASSWORD],
    ['the account: it has no password', { password_hash: null }, GOOD_PASSWORD],
    ['the stored hash: it is corrupt', { password_hash: '$bcrypt-sha256$v=2,t=2b,r=4$' }, GOOD_PASSWORD],
    ['the stored hash: it is of another kind', { password_hash: '$argon2id$v=19$m=1$x$y' }, GOOD_PASSWORD],
    ['the stored hash: it is empty', { password_hash: '' }, ''.padEnd(1)],
  ];

  test.each(wrongs)('%s', async (_, change, password) => {
    const world = await worldWithAda();
    const email = change ? EMAIL : 'nobody@example.com';
    if (change) await alterAccount(world, EMAIL, change);
    const browser = world.visitor();
    const before = world.app.deps.hasher.computations();
    expect(await errorShapeOf(browser.api.auth.login({ email, password }))).toEqual({
      message: 'The e-mail address or the password is wrong.',
      code: expect.any(Number),
      data: {
        code: 'UNAUTHORIZED',
        httpStatus: 401,
        path: 'auth.login',
        reason: 'invalid_credentials',
        requestId: 'none',
      },
    });
    expect(world.app.deps.hasher.computations() - before).toBe(1);
    expect(browser.cookie).toBeUndefined();
    expect(await listSessions(world)).toHaveLength(1);
  });
});

describe('a hash that was imported or is out of date', () => {
  test.each(IMPORTED)('%s lets its owner in and is replaced by a new one', async (_, password, stored) => {
    const world = await worldWithAda();
    await alterAccount(world, EMAIL, { password_hash: stored });
    await world.visitor().signIn(EMAIL, password);
    const { password_hash } = await readAccount(world, EMAIL);
    expect(password_hash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);

    const before = world.app.deps.hasher.computations();
    await world.visitor().signIn(EMAIL, password);
    expect(world.app.deps.hasher.computations() - before).toBe(1);
    expect((await readAccount(world, EMAIL)).password_hash).toBe(password_hash);
  });

  test('stays as it is when the password was wrong', async () => {
    const world = await worldWithAda();
    const [, , stored] = IMPORTED[2];
    await alterAccount(world, EMAIL, { password_hash: stored });
    expect(await outcomeOf(world.visitor().signIn(EMAIL, 'U*U*u'))).toBe('invalid_credentials');
    expect((await readAccount(world, EMAIL)).password_hash).toBe(stored);
  });

  test('lets its owner in on several devices at once, although each of them would replace it', async () => {
    const world = await worldWithAda();
    const [, password, stored] = IMPORTED[2];
    await alterAccount(world, EMAIL, { password_hash: stored });
    const devices = Array.from({ length: 5 }, () => outcomeOf(world.visitor().signIn(EMAIL, password)));
    expect(await Promise.all(devices)).toEqual(Array(5).fill('succeeded'));
    expect(await outcomeOf(world.visitor().signIn(EMAIL, password))).toBe('succeeded');
  });
});

describe('what happens while a password is checked wins', () => {
  test('a password change: the old password opens nothing any more', async () => {
    const world = await worldWithAda();
    const changed = await world.app.deps.hasher.hash('an entirely different phrase');
    meanwhile(world, () => alterAccount(world, EMAIL, { password_hash: changed }));
    expect(await outcomeOf(world.visitor().signIn())).toBe('invalid_credentials');
    expect((await readAccount(world, EMAIL)).password_hash).toBe(changed);
    expect(await listSessions(world)).toHaveLength(1);
  });

  test('a password change while an imported hash is being renewed: it is not undone', async () => {
    const world = await worldWithAda();
    const [, password, stored] = IMPORTED[2];
    await alterAccount(world, EMAIL, { password_hash: stored });
    const changed = await world.app.deps.hasher.hash('an entirely different phrase');
    meanwhile(world, () => alterAccount(world, EMAIL, { password_hash: changed }));
    expect(await outcomeOf(world.visitor().signIn(EMAIL, password))).toBe('invalid_credentials');
    expect((await readAccount(world, EMAIL)).password_hash).toBe(changed);
  });

  test('the account being disabled', async () => {
    const world = await worldWithAda();
    meanwhile(world, () => alterAccount(world, EMAIL, { disabled_at: world.clock.now() }));
    expect(await outcomeOf(world.visitor().signIn())).toBe('invalid_credentials');
    expect(await listSessions(world)).toHaveLength(1);
  });

  test('the account being deleted', async () => {
    const world = await worldWithAda();
    meanwhile(world, async () => void (await world.app.deps.db.deleteFrom('accounts').execute()));
    expect(await outcomeOf(world.visitor().signIn())).toBe('invalid_credentials');
    expect(await listSessions(world)).toEqual([]);
  });
});

test('a full queue of password checks answers busy at once, with the seconds to wait, and is over soon', async () => {
  const world = await worldWithAda();
  const { hasher } = world.app.deps;
  const others = Array.from({ length: 60 * availableParallelism() }, () =>
    outcomeOf(hasher.verify('wrong', undefined)),
  );
  const { data } = await errorShapeOf(
    world.visitor().api.auth.login({ email: EMAIL, password: GOOD_PASSWORD }),
  );
  expect(data).toMatchObject({ reason: 'busy', httpStatus: 503, retryAfter: 5 });
  await Promise.all(others);
  expect(await outcomeOf(world.visitor().signIn())).toBe('succeeded');
});

test('an attempt that a full queue turns away is no guess', async () => {
  const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
  const { hasher } = world.app.deps;
  const others = Array.from({ length: 60 * availableParallelism() }, () =>
    outcomeOf(hasher.verify('wrong', undefined)),
  );
  const guess = () => outcomeOf(world.visitor().signIn(EMAIL, 'wrong'));
  for (let count = 0; count < 20; count += 1) expect(await guess()).toBe('busy');
  await Promise.all(others);
  for (let count = 0; count < 5; count += 1) expect(await guess()).toBe('invalid_credentials');
  expect(await guess()).toBe('throttled');
});

test('auth_time is when the password was given, and refreshing does not renew it', async () => {
  const world = await worldWithAda();
  const browser = world.visitor();
  await browser.signIn();
  const signedInAt = Math.floor(world.clock.now() / 1000);
  world.clock.advance(10 * MINUTE);
  const { accessToken } = await browser.api.auth.refresh();
  expect(decodeJwt(accessToken)).toMatchObject({ auth_time: signedInAt, iat: signedInAt + 600 });
});
