import { expect, test } from 'vitest';
import { alterAccount, listSessions } from '../support/accounts.ts';
import { MAIL_ENV, tokenFor } from '../support/letters.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// better-auth GHSA-2vg6-77g8-24mp, Strapi CVE-2026-22706.

test('a deleted account leaves no session behind, and neither of its tokens opens anything', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  await world.visitor().signIn();
  await world.app.deps.db.deleteFrom('accounts').execute();
  expect(await listSessions(world)).toEqual([]);
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('token_invalid');
  expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(browser.api.account.updateProfile({ name: 'x' }))).toBe('session_revoked');
});

test('whoever registers a deleted account’s address anew gets nothing of it, nor it of them', async () => {
  const world = await createWorld();
  const before = world.visitor();
  await before.register();
  await world.app.deps.db.deleteFrom('accounts').execute();
  const after = world.visitor();
  await after.register();
  expect(await outcomeOf(before.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(before.api.auth.refresh())).toBe('token_invalid');
  expect(await outcomeOf(after.api.auth.me())).toBe('succeeded');
});

test('a disabled account’s sessions are of no use while it is disabled', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  await alterAccount(world, 'ada@example.com', { disabled_at: world.clock.now() });
  expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
  expect(await outcomeOf(world.visitor().signIn())).toBe('invalid_credentials');
});

test('a password change ends every session but the one that made it, and shuts the old password out', async () => {
  const world = await createWorld();
  const owner = world.visitor();
  await owner.register();
  const thief = world.visitor();
  await thief.signIn();
  const newPassword = 'another lantern, another night';
  await owner.api.account.changePassword({ currentPassword: GOOD_PASSWORD, newPassword });
  expect(await outcomeOf(thief.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(thief.api.auth.refresh())).toBe('session_revoked');
  expect(await outcomeOf(thief.signIn())).toBe('invalid_credentials');
  expect(await outcomeOf(owner.api.auth.refresh())).toBe('succeeded');
});

test('a reset ends every session, shuts the old password out, and its link works once', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const browser = world.visitor();
  await browser.register();
  await browser.api.password.forgot({ email: 'ada@example.com' });
  const token = tokenFor(world, 'ada@example.com');
  const reset = (password: string) => outcomeOf(world.visitor().api.password.reset({ token, password }));
  expect(await reset('another lantern, another night')).toBe('succeeded');
  expect(await reset('a third lantern, a third night')).toBe('token_invalid');
  expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
  expect(await outcomeOf(browser.signIn())).toBe('invalid_credentials');
});

test('an account that its owner deletes has no session from that moment on', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const browser = world.visitor();
  await browser.register();
  const phone = world.visitor();
  await phone.signIn();
  await browser.api.account.delete({ password: GOOD_PASSWORD });
  for (const { api } of [browser, phone]) expect(await outcomeOf(api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(phone.api.auth.refresh())).toBe('session_revoked');
});
