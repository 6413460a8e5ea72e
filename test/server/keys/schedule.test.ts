import { describe, expect, test } from 'vitest';
import { isNextDue, parseRotation, signerAt, spentAt } from '../../../server/keys/schedule.ts';
import { DAY, HOUR, MINUTE } from '../../support/clock.ts';

const [a, b, c] = [
  { kid: 'a', active_from: 1000 },
  { kid: 'b', active_from: 2000 },
  { kid: 'c', active_from: 3000 },
];

test.each([
  ['30d', 30 * DAY],
  ['24h', DAY],
  ['400d', 400 * DAY],
  ['off', Infinity],
  [' off ', Infinity],
  ['401d', undefined],
  ['23h', undefined],
  ['0', undefined],
  ['never', undefined],
  ['', undefined],
])('keys are replaced every %j: %s', (text, period) => {
  expect(parseRotation(text)).toBe(period);
});

test.each([
  [999, 'a'],
  [1000, 'a'],
  [1999, 'a'],
  [2000, 'b'],
  [2999, 'b'],
  [3000, 'c'],
  [Number.MAX_SAFE_INTEGER, 'c'],
])('at %s the key that signs is %s', (now, kid) => {
  expect(signerAt([a, b, c], now)?.kid).toBe(kid);
});

describe('the next key', () => {
  const start = { kid: 'a', active_from: 1000 };
  const dueAt = 1000 + 30 * DAY - HOUR;

  test.each([
    ['a millisecond early', [start], dueAt - 1, 30 * DAY, false],
    ['an hour before the day', [start], dueAt, 30 * DAY, true],
    ['long after it', [start], dueAt + DAY, 30 * DAY, true],
    ['when it waits already', [start, { kid: 'b', active_from: dueAt + HOUR }], dueAt, 30 * DAY, false],
    ['when rotation is off', [start], Number.MAX_SAFE_INTEGER, Infinity, false],
    ['when there is none at all', [], dueAt, 30 * DAY, false],
  ])('%s', (_, keys, now, rotation, due) => {
    expect(isNextDue(keys, { now, rotation })).toBe(due);
  });
});

test('a key is spent when its last token has expired, and five minutes more; the newest never is', () => {
  expect(spentAt([a, b, c], a, HOUR)).toBe(2000 + HOUR + 5 * MINUTE);
  expect(spentAt([a, b, c], b, HOUR)).toBe(3000 + HOUR + 5 * MINUTE);
  expect(spentAt([a, b, c], c, HOUR)).toBeUndefined();
});
