import { describe, expect, test } from 'vitest';
import { hashDeviceToken } from '../../../server/devices/device-token.ts';
import { MINUTE } from '../../support/clock.ts';
import {
  ADA,
  guessAtOnce,
  guessPatiently,
  guessWrong,
  limitedWorld,
  placeOf,
} from '../../support/guessing.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { GOOD_PASSWORD, type Visitor, type World } from '../../support/world.ts';

const HOME = '203.0.113.7';

/** Ada at home, with the browser that she signed in with before. */
async function adaAtHome(): Promise<{ world: World; ada: Visitor; device: string }> {
  const world = await limitedWorld();
  const ada = world.visitor({ ip: HOME });
  await ada.signIn();
  return { world, ada, device: ada.device ?? '' };
}

/** What strangers can do to an account at one moment, from everywhere and from its owner's own network. */
async function besiege(world: World): Promise<void> {
  for (let index = 0; index < 20; index += 1) await guessWrong(world, { address: HOME });
  for (let index = 0; index < 300; index += 1) await guessWrong(world, { address: placeOf(index) });
  await guessAtOnce(world, 200, (index) => ({ address: HOME, email: `a${index}@example.com` }));
}

describe('whoever comes with a device that the account’s owner signed in from', () => {
  test('is let in at once, whatever strangers did, in whichever place', async () => {
    const { world, ada } = await adaAtHome();
    await besiege(world);
    expect(await outcomeOf(world.visitor({ ip: HOME }).signIn())).toBe('throttled');
    expect(await outcomeOf(ada.signIn())).toBe('succeeded');

    await guessPatiently(world, 80, (index) => ({ address: placeOf(index) }));
    expect(await guessWrong(world, { address: placeOf(81) })).toBeGreaterThan(60);
    expect(await outcomeOf(ada.signIn())).toBe('succeeded');
    const inTheTrain = Object.assign(world.visitor({ ip: placeOf(0) }), { device: ada.device });
    expect(await outcomeOf(inTheTrain.signIn())).toBe('succeeded');
  });

  test('may change the password meanwhile', async () => {
    const { world, ada } = await adaAtHome();
    await besiege(world);
    const change = { currentPassword: GOOD_PASSWORD, newPassword: 'another lantern, another night' };
    expect(await outcomeOf(ada.api.account.changePassword(change))).toBe('succeeded');
  });

  test('has five guesses and then waits, in every flow together', async () => {
    const { ada } = await adaAtHome();
    const change = (currentPassword: string) =>
      outcomeOf(
        ada.api.account.changePassword({ currentPassword, newPassword: 'another lantern, for sure' }),
      );
    for (let count = 0; count < 3; count += 1) expect(await change('wrong')).toBe('invalid_credentials');
    for (let count = 0; count < 2; count += 1)
      expect(await outcomeOf(ada.signIn(ADA, 'wrong'))).toBe('invalid_credentials');
    expect(await outcomeOf(ada.signIn())).toBe('throttled');
    expect(await change(GOOD_PASSWORD)).toBe('throttled');
  });

  test('is a stranger after twenty failures in a row', async () => {
    const { world, device } = await adaAtHome();
    const attempt = { address: HOME, device };
    await guessPatiently(world, 19, () => attempt);
    expect(await guessWrong(world, attempt)).toBe(15 * 60);
    world.clock.advance(15 * MINUTE);
    expect(await guessWrong(world, attempt)).toBe(0);
    // The twenty count against the account, so that it waits like everybody else now.
    expect(await guessWrong(world, attempt)).toBe(1);
    world.clock.advance(MINUTE);
    expect(await guessAtOnce(world, 5, () => attempt)).toBe(1);
    await guessPatiently(world, 59, (index) => ({ address: placeOf(index) }));
    expect(await guessWrong(world, attempt)).toBeGreaterThan(60);
  });

  test('is trusted again after the right password', async () => {
    const { world, ada, device } = await adaAtHome();
    await guessPatiently(world, 20, () => ({ address: HOME, device }));
    world.clock.advance(MINUTE);
    await ada.signIn();
    await besiege(world);
    expect(await outcomeOf(ada.signIn())).toBe('succeeded');
  });

  test('is a stranger again when the device was forgotten', async () => {
    const { world, ada } = await adaAtHome();
    const { device } = ada;
    const phone = world.visitor();
    await phone.signIn();
    await phone.api.sessions.revokeOthers();
    await besiege(world);
    expect(await guessWrong(world, { address: HOME, device })).toBeGreaterThan(0);
  });
});

describe('a device cookie is worth nothing', () => {
  test('at another account', async () => {
    const { world, ada } = await adaAtHome();
    await ada.register('grace@example.com');
    const eve = world.visitor({ ip: '192.0.2.66' });
    await eve.register('eve@example.com');
    await besiege(world);
    expect(await guessWrong(world, { address: placeOf(700), device: eve.device })).toBeGreaterThan(0);
    expect(await guessWrong(world, { address: placeOf(700), device: ada.device })).toBe(0);
  });

  test('at an account that is not there', async () => {
    const { world, device } = await adaAtHome();
    const attempt = { email: 'nobody@example.com', device };
    expect(await guessAtOnce(world, 20, (index) => ({ ...attempt, address: placeOf(index) }))).toBe(20);
    expect(await guessWrong(world, { ...attempt, address: placeOf(20) })).toBe(1);
  });

  test.each(['', 'x', 'A'.repeat(43)])('that was made up: %j', async (made) => {
    const { world } = await adaAtHome();
    await besiege(world);
    const eve = Object.assign(world.visitor({ ip: placeOf(700) }), { device: made });
    expect(await outcomeOf(eve.signIn(ADA, 'wrong'))).toBe('throttled');
  });

  test('when it is only what the database has of it', async () => {
    const { world, device } = await adaAtHome();
    await besiege(world);
    const eve = Object.assign(world.visitor({ ip: placeOf(700) }), { device: hashDeviceToken(device) });
    expect(await outcomeOf(eve.signIn(ADA, 'wrong'))).toBe('throttled');
  });
});
