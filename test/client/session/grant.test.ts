import { expect, test } from 'vitest';
import { grantOf, isAboutToExpire, isDue, refreshDelay } from '../../../client/lib/session/grant.ts';
import { ADA, signedInAs } from '../support/browser.ts';

const RECEIVED = 1_000_000;

test.each([
  // seconds of life, seconds since receipt, due, about to expire
  [900, 0, false, false],
  [900, 779, false, false],
  [900, 780, true, false],
  [900, 889, true, false],
  [900, 890, true, true],
  [900, 5000, true, true],
  [60, 41, false, false],
  [60, 42, true, false],
  [60, 54, true, true],
  [1, 0.6, false, false],
  [1, 0.7, true, false],
  [1, 0.9, true, true],
  [900, -1, true, false],
])('a token for %d s is, %d s after receipt, due: %s, about to expire: %s', (life, age, due, last) => {
  const grant = grantOf(signedInAs(ADA, 'token', life), RECEIVED);
  const now = RECEIVED + age * 1000;
  expect(isDue(grant, now)).toBe(due);
  expect(isAboutToExpire(grant, now)).toBe(last);
});

test('the proactive refresh is spread between the moment it is due and half the way to expiry', () => {
  const grant = grantOf(signedInAs(ADA, 'token', 900), RECEIVED);
  expect(refreshDelay(grant, RECEIVED, 0)).toBe(780_000);
  expect(refreshDelay(grant, RECEIVED, 1)).toBe(840_000);
  expect(refreshDelay(grant, RECEIVED + 2_000_000, 0)).toBe(0);
});
