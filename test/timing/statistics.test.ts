import { expect, test } from 'vitest';
import { cropAbove, median, randomFrom, shuffled, summarize, welch } from './statistics.mjs';

test('Welch’s t of NIST’s car mileages, American against Japanese', () => {
  // Engineering Statistics Handbook §1.3.5.3, AUTO83B.DAT, "assuming unequal variances".
  const american = { count: 249, mean: 20.14458, variance: 6.4147 ** 2 };
  const japanese = { count: 79, mean: 30.48101, variance: 6.10771 ** 2 };
  const { t, degrees } = welch(american, japanese);
  expect(t).toBeCloseTo(-12.94627, 5);
  expect(degrees).toBeCloseTo(136.875, 3);
});

test('Welch’s t of the values themselves', () => {
  // Rosetta Code, "Welch's t-test"; t and degrees of freedom by SciPy 1.17.1, ttest_ind(x, y, equal_var=False).
  const { t, degrees } = welch(summarize([3, 4, 1, 2.1]), summarize([490.2, 340, 433.9]));
  expect(t).toBeCloseTo(-9.559497721932658, 12);
  expect(degrees).toBeCloseTo(2.0008523488562844, 12);
});

test('times around a second differ in microseconds, and the variance is still theirs', () => {
  expect(summarize([1e6 + 1, 1e6 + 2, 1e6 + 3])).toEqual({ count: 3, mean: 1e6 + 2, variance: 1 });
});

test('one cut for all samples: more is cut of the slower one', () => {
  const fast = [1, 2, 3, 4, 5];
  const slow = [3, 6, 7, 8, 9];
  expect(cropAbove([fast, slow], 0.6)).toEqual([[1, 2, 3, 4, 5], [3]]);
  expect(cropAbove([fast, slow], 1)).toEqual([fast, slow]);
});

test.each([
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('a shuffle keeps everything, moves it, and is the same for the same seed', () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const once = shuffled(items, randomFrom(7));
  expect(once).not.toEqual(items);
  expect(once.toSorted((a, b) => a - b)).toEqual(items);
  expect(shuffled(items, randomFrom(7))).toEqual(once);
  expect(shuffled(items, randomFrom(8))).not.toEqual(once);
});
