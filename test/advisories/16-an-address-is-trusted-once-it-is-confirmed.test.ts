import { expect, test } from 'vitest';
import { lettersTo, MAIL_ENV, tokenFor } from '../support/letters.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// better-auth #7196: the new address was trusted before it was verified, and the old one was not told.

const OLD = 'ada@example.com';
const TYPO = 'ada@exmaple.com';

test('whoever reads mail at a mistyped address gets nothing but a link that its owner has to want', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const owner = world.visitor();
  await owner.register();
  await owner.api.account.changeEmail({ email: TYPO, password: GOOD_PASSWORD });

  const stranger = world.visitor({ ip: '198.51.100.9' });
  // Nothing goes there yet: no reset, no sign-in, no claim on the account.
  await stranger.api.password.forgot({ email: TYPO });
  expect(world.letters.at(-1)?.to).toBe('');
  expect(await outcomeOf(stranger.signIn(TYPO))).toBe('invalid_credentials');
  expect(await owner.api.auth.me()).toMatchObject({ email: OLD, emailVerified: true });
  expect(await outcomeOf(world.visitor().signIn(OLD))).toBe('succeeded');
});

test('the old address is told at once, and can take the account back from whoever confirmed', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const owner = world.visitor();
  await owner.register();
  await owner.api.account.changeEmail({ email: TYPO, password: GOOD_PASSWORD });
  const undo = tokenFor(world, OLD);
  expect(lettersTo(world, OLD).at(-1)?.text).toContain(TYPO);
  const stranger = world.visitor();
  await stranger.api.email.confirmChange({ token: tokenFor(world, TYPO) });
  await stranger.api.password.forgot({ email: TYPO });
  const reset = tokenFor(world, TYPO);
  expect(await owner.api.email.revertChange({ token: undo })).toEqual({ outcome: 'restored' });
  expect(
    await outcomeOf(stranger.api.password.reset({ token: reset, password: 'the stranger’s own choice' })),
  ).toBe('token_invalid');
  await owner.api.password.reset({ token: tokenFor(world, OLD), password: 'what its owner has chosen' });
  expect(await outcomeOf(owner.signIn(OLD, 'what its owner has chosen'))).toBe('succeeded');
});
