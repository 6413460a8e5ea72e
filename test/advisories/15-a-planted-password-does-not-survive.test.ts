import { expect, test } from 'vitest';
import { alterAccount } from '../support/accounts.ts';
import { MAIL_ENV, tokenFor } from '../support/letters.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// better-auth GHSA-qq9h-g4jm-xgf3: a password planted on an unverified account survived its owner's verification.

const VICTIM = 'ada@example.com';
const PLANTED = 'what the stranger has chosen';
const OWN = 'what its owner has chosen';

test('a registration that its owner did not make is no account, and lets nobody in', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const eve = world.visitor();
  await eve.api.auth.register({ email: VICTIM, password: PLANTED });
  expect(await outcomeOf(eve.signIn(VICTIM, PLANTED))).toBe('invalid_credentials');
  // To ask for a reset is no way to it either: there is nothing to reset.
  await world.visitor().api.password.forgot({ email: VICTIM });
  expect(world.letters.at(-1)?.to).toBe('');
});

test('the owner registers, and the planted password is gone with its link', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const eve = world.visitor();
  await eve.api.auth.register({ email: VICTIM, password: PLANTED });
  const planted = tokenFor(world, VICTIM);
  const owner = world.visitor();
  await owner.api.auth.register({ email: VICTIM, password: OWN });
  await owner.api.email.verify({ token: tokenFor(world, VICTIM) });
  // A mail scanner, or the owner by mistake.
  expect(await outcomeOf(owner.api.email.verify({ token: planted }))).toBe('token_invalid');
  expect(await outcomeOf(eve.signIn(VICTIM, PLANTED))).toBe('invalid_credentials');
  expect(await outcomeOf(owner.signIn(VICTIM, OWN))).toBe('succeeded');
});

test('on an account from before there was mail, a reset puts out the password and whoever had come in with it', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const eve = world.visitor();
  await eve.register(VICTIM);
  await alterAccount(world, VICTIM, { email_verified_at: null });
  const owner = world.visitor();
  await owner.api.password.forgot({ email: VICTIM });
  await owner.api.password.reset({ token: tokenFor(world, VICTIM), password: OWN });
  expect(await outcomeOf(eve.api.auth.me())).toBe('session_revoked');
  expect(await outcomeOf(eve.api.auth.refresh())).toBe('session_revoked');
  expect(await outcomeOf(eve.signIn(VICTIM, GOOD_PASSWORD))).toBe('invalid_credentials');
  await owner.signIn(VICTIM, OWN);
  expect((await owner.api.auth.me()).emailVerified).toBe(true);
});
