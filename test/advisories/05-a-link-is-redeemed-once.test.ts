import { expect, test } from 'vitest';
import { redeemMailToken } from '../../server/mail-tokens/store.ts';
import { readAccount } from '../support/accounts.ts';
import { lettersTo, MAIL_ENV, tokenFor } from '../support/letters.ts';
import { outcomeOf } from '../support/reasons.ts';
import { listEvents } from '../support/security-events.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// better-auth GHSA-7w99-5wm4-3g79: two concurrent requests redeemed one code.

const ADA = 'ada@example.com';
const AT_ONCE = 8;

const times = async (call: (index: number) => Promise<unknown>) =>
  (await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => outcomeOf(call(index))))).toSorted();

const once = ['succeeded', ...Array.from({ length: AT_ONCE - 1 }, () => 'token_invalid')];

test('the token itself is taken by whoever comes first, whatever else is done with it', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  await world.visitor().api.auth.register({ email: ADA, password: GOOD_PASSWORD });
  const token = tokenFor(world, ADA);
  const { db, clock } = world.app.deps;
  const taken = await Promise.all(
    Array.from({ length: AT_ONCE }, () =>
      db
        .transaction()
        .execute((trx) => redeemMailToken(trx, { token, purpose: 'register', now: clock.now() })),
    ),
  );
  expect(taken.filter((row) => row !== undefined)).toHaveLength(1);
});

async function owner() {
  const world = await createWorld({ env: MAIL_ENV });
  const browser = world.visitor();
  await browser.register();
  world.letters.length = 0;
  return { world, browser };
}

test('of eight who redeem one reset link at once, one sets the password', async () => {
  const { world } = await owner();
  await world.visitor().api.password.forgot({ email: ADA });
  const token = tokenFor(world, ADA);
  const passwordOf = (index: number) => `the lantern of visitor number ${index}`;
  const outcomes = await times((index) =>
    world.visitor().api.password.reset({ token, password: passwordOf(index) }),
  );
  expect(outcomes).toEqual(once);
  const worked = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => outcomeOf(world.visitor().signIn(ADA, passwordOf(index)))),
  );
  expect(worked.filter((outcome) => outcome === 'succeeded')).toHaveLength(1);
  expect(await listEvents(world, 'password_reset')).toHaveLength(1);
});

test('of eight who confirm one registration at once, one makes the account', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  await world.visitor().api.auth.register({ email: ADA, password: GOOD_PASSWORD });
  const token = tokenFor(world, ADA);
  expect(await times(() => world.visitor().api.email.verify({ token }))).toEqual(once);
  expect(await listEvents(world, 'registered')).toHaveLength(1);
});

test('of eight who confirm one new address at once, one changes it, and the old one is told once', async () => {
  const { world, browser } = await owner();
  await browser.api.account.changeEmail({ email: 'ada@new.example', password: GOOD_PASSWORD });
  const token = tokenFor(world, 'ada@new.example');
  expect(await times(() => world.visitor().api.email.confirmChange({ token }))).toEqual(once);
  expect(lettersTo(world, ADA).map(({ subject }) => subject)).toEqual([
    'Your Sallyport e-mail address is about to change',
    'Your Sallyport e-mail address was changed',
  ]);
});

test('of eight who undo one change at once, one does', async () => {
  const { world, browser } = await owner();
  await browser.api.account.changeEmail({ email: 'ada@new.example', password: GOOD_PASSWORD });
  await browser.api.email.confirmChange({ token: tokenFor(world, 'ada@new.example') });
  const token = tokenFor(world, ADA);
  expect(await times(() => world.visitor().api.email.revertChange({ token }))).toEqual(once);
  expect((await readAccount(world, ADA)).password_hash).toBeNull();
});
