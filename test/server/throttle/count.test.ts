import { describe, expect, test } from 'vitest';
import { GUESSES, SPENDINGS, type Backoff } from '../../../server/throttle/budgets.ts';
import { countFailure, currentCount, waitOf, type Count } from '../../../server/throttle/count.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

/** The wait after each of so many failures, each at the first moment at which it may be. */
function waitsOf(budget: Backoff, failures: number): number[] {
  const waits: number[] = [];
  let [count, now]: [Count, number] = [currentCount(undefined, NOW), NOW];
  for (let index = 0; index < failures; index += 1) {
    count = countFailure(budget, currentCount(count, now), now);
    waits.push(waitOf(count, now));
    now += waitOf(count, now);
  }
  return waits;
}

describe('each failure makes the next attempt wait', () => {
  const doubled = (longest: number) =>
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((seconds) => Math.min(seconds * SECOND, longest));
  const free = (count: number) => Array.from({ length: count }, () => 0);

  test('one address at one account: 5 are free, then 1 s, doubling up to 15 minutes', () => {
    const expected = [...free(4), ...doubled(15 * MINUTE), 15 * MINUTE, 15 * MINUTE];
    expect(waitsOf(GUESSES.pair, expected.length)).toEqual(expected);
  });

  test('everybody at one account: 20 are free, then 1 s, doubling up to a minute, and none after 80', () => {
    const short = [...free(19), ...doubled(MINUTE)];
    const expected = [...short, ...Array.from({ length: 79 - short.length }, () => MINUTE), 30 * DAY];
    expect(waitsOf(GUESSES.account, 80)).toEqual(expected);
  });

  test('a known device: 5 are free, then 1 s, doubling up to 15 minutes, and none after 20', () => {
    const expected = [...free(4), ...doubled(15 * MINUTE), ...Array.from({ length: 5 }, () => 15 * MINUTE)];
    expect(waitsOf(GUESSES.device, 20)).toEqual([...expected, 30 * DAY]);
  });
});

test('failures are forgotten so long after the last one, and no earlier', () => {
  const first = countFailure(GUESSES.pair, currentCount(undefined, NOW), NOW);
  const second = countFailure(GUESSES.pair, first, NOW + HOUR);
  expect(currentCount(second, NOW + HOUR + DAY - 1).failures).toBe(2);
  expect(currentCount(second, NOW + HOUR + DAY).failures).toBe(0);
});

test('an allowance is there again at the end of the window that began with the first of it', () => {
  let count = currentCount(undefined, NOW);
  for (let index = 0; index < 30; index += 1) {
    expect(waitOf(count, NOW + index * MINUTE)).toBe(0);
    count = countFailure(SPENDINGS.registerAddress, count, NOW + index * MINUTE);
  }
  expect(waitOf(count, NOW + 30 * MINUTE)).toBe(30 * MINUTE);
  expect(waitOf(currentCount(count, NOW + HOUR - 1), NOW + HOUR - 1)).toBe(1);
  expect(currentCount(count, NOW + HOUR).failures).toBe(0);
});
