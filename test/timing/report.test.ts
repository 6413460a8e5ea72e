import { expect, test } from 'vitest';
import { compare, isClean, showsMissingHash, tableOf } from './report.mjs';
import { randomFrom } from './statistics.mjs';

/** About a millisecond, with a pause of many now and then. */
function times(seed: number, { later = 0 } = {}): number[] {
  const random = randomFrom(seed);
  return Array.from(
    { length: 5000 },
    () => 1000 + later + 40 * random() + (random() < 0.02 ? 10_000 * random() : 0),
  );
}

const rowsOf = (known: number[]) =>
  compare(
    new Map([
      ['unknown', times(1)],
      ['known', known],
    ]),
  );

test('classes that take as long are clean, whatever pauses there are', () => {
  const rows = rowsOf(times(2));
  expect(isClean(rows, {})).toBe(true);
  expect(showsMissingHash(rows)).toBe(false);
});

test('three microseconds in a millisecond are found among the fastest, where the pauses hide them from all', () => {
  const [, known] = rowsOf(times(2, { later: 3 }));
  expect(known?.t).toBeLessThan(4.5);
  expect(known?.tCropped).toBeGreaterThan(4.5);
  expect(isClean(known ? [known] : [], {})).toBe(false);
});

test('a class that is quicker is found like one that is slower', () => {
  const [, known] = rowsOf(times(2, { later: -3 }));
  expect(isClean(known ? [known] : [], {})).toBe(false);
});

test('a difference that is accepted may not grow', () => {
  const rows = rowsOf(times(2, { later: 50 }));
  expect(isClean(rows, { accepted: 100 })).toBe(true);
  expect(isClean(rows, { accepted: 40 })).toBe(false);
});

test('a missing hash shows in all times', () => {
  expect(showsMissingHash(rowsOf(times(2, { later: 900 })))).toBe(true);
});

test('unknown addresses stand in the table without a comparison', () => {
  const [head, unknown, known] = tableOf(rowsOf(times(2, { later: 50 }))).split('\n');
  expect(head).toMatch(/^ {2}class +samples +mean +median +later +t +t of the fastest 90 %$/);
  expect(unknown).toMatch(/^ {2}unknown +5000 +\d+ +\d+$/);
  expect(known).toMatch(/^ {2}known +5000 +\d+ +\d+ +[45]\d\.\d +\d+\.\d\d +\d+\.\d\d$/);
});
