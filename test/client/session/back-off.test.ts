import { expect, test } from 'vitest';
import { backOff } from '../../../client/lib/session/back-off.ts';

test.each([
  [1, 0, 500],
  [1, 1, 1_000],
  [2, 1, 2_000],
  [5, 1, 16_000],
  [6, 1, 30_000],
  [6, 0, 15_000],
  [2000, 1, 30_000],
])('after %d failures and with %d of randomness the pause is %d ms', (failures, random, pause) => {
  expect(backOff(failures, random)).toBe(pause);
});
