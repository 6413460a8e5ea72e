import { describe, expect, test } from 'vitest';
import { alterAccount, listSessions, readAccount } from '../../support/accounts.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { lettersTo, MAIL_ENV, tokenFor } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD } from '../../support/world.ts';

const ADA = 'ada@example.com';
const NEW_PASSWORD = 'another lantern, another night';

async function forgetful(env: Record<string, string> = {}) {
  const world = await createWorld({ env: { ...MAIL_ENV, ...env } });
  const browser = world.visitor();
  await browser.register();
  world.letters.length = 0;
  return { world, browser, stranger: world.visitor({ ip: '198.51.100.9' }) };
}

describe('forgetting the password', () => {
  test('sends a link that sets a new one, ends every session, and tells the owner', async () => {
    const { world, browser, stranger } = await forgetful();
    await world.visitor().signIn();
    world.letters.length = 0;
    expect(await stranger.api.password.forgot({ email: ' ADA@example.com' })).toEqual({ status: 'sent' });
    world.clock.advance(10 * MINUTE);
    const token = tokenFor(world, ADA);
    expect(await stranger.api.password.reset({ token, password: NEW_PASSWORD })).toEqual({ ok: true });

    const refusal = { cause: { reason: 'session_revoked', ended: 'password_reset' } };
    await expect(browser.api.auth.me()).rejects.toMatchObject(refusal);
    await expect(browser.api.auth.refresh()).rejects.toMatchObject(refusal);
    const reasons = (await listSessions(world)).map(({ revoked_reason }) => revoked_reason);
    expect(reasons).toEqual(['password_reset', 'password_reset']);
    expect(stranger.cookie, 'and signs nobody in').toBeUndefined();
    expect(await outcomeOf(browser.signIn())).toBe('invalid_credentials');
    expect(await outcomeOf(browser.signIn(ADA, NEW_PASSWORD))).toBe('succeeded');
    expect(lettersTo(world, ADA).map(({ subject }) => subject)).toEqual([
      'Set a new password for Sallyport',
      'Your Sallyport password was changed',
    ]);
    expect(await listEvents(world, 'password_reset')).toMatchObject([{ ip: '198.51.100.9' }]);
  });

  test('answers the same for an unknown address, and sends nothing', async () => {
    const { world, stranger } = await forgetful();
    const answer = await stranger.api.password.forgot({ email: 'nobody@example.com' });
    expect(answer).toEqual(await stranger.api.password.forgot({ email: ADA }));
    expect(world.letters.map(({ to }) => to)).toEqual(['', ADA]);
  });

  test('sends a disabled account nothing, and a link from before does nothing', async () => {
    const { world, stranger } = await forgetful();
    await stranger.api.password.forgot({ email: ADA });
    const token = tokenFor(world, ADA);
    await alterAccount(world, ADA, { disabled_at: world.clock.now() });
    await stranger.api.password.forgot({ email: ADA });
    expect(lettersTo(world, ADA)).toHaveLength(1);
    expect(await outcomeOf(stranger.api.password.reset({ token, password: NEW_PASSWORD }))).toBe(
      'token_invalid',
    );
  });

  test('works for an account without a password, and confirms its address', async () => {
    const { world, stranger } = await forgetful();
    await alterAccount(world, ADA, { password_hash: null, email_verified_at: null });
    await stranger.api.password.forgot({ email: ADA });
    await stranger.api.password.reset({ token: tokenFor(world, ADA), password: NEW_PASSWORD });
    expect(await outcomeOf(stranger.signIn(ADA, NEW_PASSWORD))).toBe('succeeded');
    expect((await readAccount(world, ADA)).email_verified_at).toBe(world.clock.now());
  });

  test('sends an address three links an hour, and says nothing about it', async () => {
    const { world } = await forgetful({ RATE_LIMIT: 'on' });
    world.clock.advance(HOUR);
    for (let index = 0; index < 6; index += 1) {
      const { api } = world.visitor({ ip: `198.51.100.${index}` });
      for (const email of [ADA, 'nobody@example.com'])
        expect(await api.password.forgot({ email })).toEqual({ status: 'sent' });
    }
    expect(world.letters).toHaveLength(12);
    expect(lettersTo(world, ADA)).toHaveLength(3);
  });

  test('is not used up by others who have the address sent something else', async () => {
    const { world } = await forgetful({ RATE_LIMIT: 'on' });
    for (let index = 0; index < 4; index += 1) {
      const { api } = world.visitor({ ip: `198.51.100.${index}` });
      await api.auth.register({ email: ADA, password: GOOD_PASSWORD });
    }
    world.letters.length = 0;
    await world.visitor({ ip: '198.51.100.77' }).api.password.forgot({ email: ADA });
    expect(lettersTo(world, ADA)).toHaveLength(1);
  });

  test('is asked for 30 times an hour from one address, known or unknown, and no more', async () => {
    const { stranger } = await forgetful({ RATE_LIMIT: 'on' });
    const outcomes: string[] = [];
    for (let index = 0; index < 31; index += 1)
      outcomes.push(await outcomeOf(stranger.api.password.forgot({ email: `a${index}@example.com` })));
    expect(outcomes.slice(-2)).toEqual(['succeeded', 'throttled']);
  });

  test('without mail, nothing is done at all', async () => {
    const world = await createWorld({ env: { PUBLIC_URL: 'https://login.example.com' } });
    await world.visitor().register();
    expect(await world.visitor().api.password.forgot({ email: ADA })).toEqual({ status: 'sent' });
    expect(await world.app.deps.db.selectFrom('mail_tokens').selectAll().execute()).toEqual([]);
  });
});

describe('a link that sets a new password', () => {
  async function withLink() {
    const setup = await forgetful();
    await setup.stranger.api.password.forgot({ email: ADA });
    const token = tokenFor(setup.world, ADA);
    const reset = (password = NEW_PASSWORD) =>
      outcomeOf(setup.stranger.api.password.reset({ token, password }));
    return { ...setup, token, reset };
  }

  test('is good for half an hour', async () => {
    const { world, reset } = await withLink();
    world.clock.advance(30 * MINUTE);
    expect(await reset()).toBe('token_invalid');
    const again = await withLink();
    again.world.clock.advance(30 * MINUTE - 1);
    expect(await again.reset()).toBe('succeeded');
  });

  test('stays good when the password is refused', async () => {
    const { reset } = await withLink();
    expect(await reset('short')).toBe('weak_password');
    expect(await reset()).toBe('succeeded');
  });

  test('makes every other link of the account worthless', async () => {
    const { world, stranger, token, reset } = await withLink();
    await stranger.api.password.forgot({ email: ADA });
    expect(
      await outcomeOf(stranger.api.password.reset({ token: tokenFor(world, ADA), password: NEW_PASSWORD })),
    ).toBe('succeeded');
    expect(await reset()).toBe('token_invalid');
    expect(token).toMatch(/^[\w-]{43}$/);
  });

  test('is worthless once the password has been changed', async () => {
    const { browser, reset } = await withLink();
    const newPassword = 'a third lantern, a third night';
    await browser.api.account.changePassword({ currentPassword: GOOD_PASSWORD, newPassword });
    expect(await reset()).toBe('token_invalid');
    expect(await outcomeOf(browser.signIn(ADA, newPassword))).toBe('succeeded');
  });

  test('is worthless once the account has another address', async () => {
    const { world, reset } = await withLink();
    await alterAccount(world, ADA, { email: 'moved@example.com' });
    const before = await readAccount(world, 'moved@example.com');
    expect(await reset()).toBe('token_invalid');
    expect(await readAccount(world, 'moved@example.com')).toEqual(before);
  });

  test('makes the next sign-in news again: no device that was known before stays known', async () => {
    const { world, browser, reset } = await withLink();
    expect(await reset()).toBe('succeeded');
    world.letters.length = 0;
    await browser.signIn(ADA, NEW_PASSWORD);
    expect(lettersTo(world, ADA).map(({ subject }) => subject)).toEqual(['New sign-in to Sallyport']);
  });
});
