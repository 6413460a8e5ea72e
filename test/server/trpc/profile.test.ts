import { describe, expect, test } from 'vitest';
import { alterAccount, readAccount } from '../../support/accounts.ts';
import { MINUTE } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { PROFILE_READ, watchStatements } from '../../support/statements.ts';
import { createWorld, GOOD_PASSWORD, type Visitor, type World } from '../../support/world.ts';

async function signedIn(scope?: string): Promise<{ world: World; browser: Visitor }> {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  if (scope === undefined) return { world, browser };
  const granted = await browser.api.auth.login({ email: 'ada@example.com', password: GOOD_PASSWORD, scope });
  browser.bearer = granted.accessToken;
  return { world, browser };
}

describe('reading the own profile', () => {
  test('shows the account as it is now, not as it was when the token was made', async () => {
    const { world, browser } = await signedIn();
    await alterAccount(world, 'ada@example.com', { name: 'Countess', email_verified_at: 1 });
    expect(await browser.api.auth.me()).toMatchObject({ name: 'Countess', emailVerified: true });
  });

  test('shows what the contract names, and no column beside it', async () => {
    const { browser } = await signedIn();
    expect(Object.keys(await browser.api.auth.me()).toSorted()).toEqual([
      'createdAt',
      'email',
      'emailVerified',
      'id',
      'name',
      'scopes',
    ]);
  });

  test('checks the session without the database: one statement, and that reads the account', async () => {
    const { world, browser } = await signedIn();
    const seen = watchStatements();
    await browser.api.auth.me();
    expect(seen.executed).toEqual([PROFILE_READ]);
    seen.reset();
    await browser.api.auth.me();
    expect(seen.executed).toHaveLength(1);
    expect(seen.prepared).toEqual([]);

    seen.reset();
    browser.bearer = `${browser.bearer}A`;
    expect(await outcomeOf(browser.api.auth.me())).toBe('token_invalid');
    expect(seen.executed, 'for a bad token').toEqual([]);
    expect(world.app.deps.revocations.size()).toBe(0);
  });

  test('of an ended session fails without asking the database', async () => {
    const { browser } = await signedIn();
    await browser.api.auth.logout();
    const seen = watchStatements();
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
    expect(seen.executed).toEqual([]);
  });
});

describe('an access token', () => {
  test('is needed, and must be live', async () => {
    const { world, browser } = await signedIn();
    const { bearer } = browser;
    const outcomeWith = (token: string | undefined) => {
      browser.bearer = token;
      return outcomeOf(browser.api.auth.me());
    };
    expect(await outcomeWith(undefined)).toBe('token_missing');
    for (const token of ['', ' ', 'null', 'undefined', `${bearer} `, `${bearer}=`, browser.cookie])
      expect(await outcomeWith(token), token).toBe('token_invalid');
    world.clock.advance(15 * MINUTE - 1);
    expect(await outcomeWith(bearer)).toBe('succeeded');
    world.clock.advance(1);
    expect(await outcomeWith(bearer)).toBe('token_expired');
  });

  test.each([
    ['profile:read', 'succeeded', 'insufficient_scope'],
    ['profile:write', 'insufficient_scope', 'succeeded'],
    ['profile:read profile:write', 'succeeded', 'succeeded'],
  ])('with %s: reading %s, changing %s', async (scope, reading, changing) => {
    const { browser } = await signedIn(scope);
    expect(await outcomeOf(browser.api.auth.me())).toBe(reading);
    expect(await outcomeOf(browser.api.account.updateProfile({ name: 'Ada' }))).toBe(changing);
  });

  test('that may not do this is refused before the input is looked at', async () => {
    const { browser } = await signedIn('profile:read');
    expect(await outcomeOf(browser.api.account.updateProfile({ name: 'x'.repeat(1000) }))).toBe(
      'insufficient_scope',
    );
    browser.bearer = undefined;
    expect(await outcomeOf(browser.api.account.updateProfile({ name: 'x'.repeat(1000) }))).toBe(
      'token_missing',
    );
  });
});

describe('changing the own profile', () => {
  test('changes the name and answers with the whole profile', async () => {
    const { world, browser } = await signedIn();
    world.clock.advance(MINUTE);
    const changed = await browser.api.account.updateProfile({ name: '  Ame\u0301lie ' });
    expect(changed).toMatchObject({ name: 'Am\u00e9lie', email: 'ada@example.com' });
    expect(await browser.api.auth.me()).toEqual(changed);
    expect(await readAccount(world, 'ada@example.com')).toMatchObject({ updated_at: world.clock.now() });
  });

  test('may empty the name', async () => {
    const { browser } = await signedIn();
    await browser.api.account.updateProfile({ name: 'Ada' });
    expect((await browser.api.account.updateProfile({ name: ' ' })).name).toBe('');
  });

  test('refuses what cannot be shown, and changes nothing', async () => {
    const { browser } = await signedIn();
    await browser.api.account.updateProfile({ name: 'Ada' });
    for (const name of ['a\0b', 'a\nb', '\ud800', 'a\u202eb', 'x'.repeat(101)])
      expect(await outcomeOf(browser.api.account.updateProfile({ name })), JSON.stringify(name)).toBe(
        'validation',
      );
    expect((await browser.api.auth.me()).name).toBe('Ada');
  });

  test('of an account that is gone ends the session', async () => {
    const { world, browser } = await signedIn();
    await world.app.deps.db.deleteFrom('accounts').execute();
    expect(await outcomeOf(browser.api.account.updateProfile({ name: 'Ada' }))).toBe('session_revoked');
    expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
  });
});
