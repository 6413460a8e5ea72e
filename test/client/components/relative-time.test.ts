import { expect, test } from 'vitest';
import { relativeTime } from '../../../client/components/relative-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [-HOUR, undefined],
  [0, undefined],
  [59 * SECOND, undefined],
  [MINUTE, '1 minute ago'],
  [59 * MINUTE + 59 * SECOND, '59 minutes ago'],
  [HOUR, '1 hour ago'],
  [23 * HOUR, '23 hours ago'],
  [DAY, '1 day ago'],
  [29 * DAY, '29 days ago'],
  [30 * DAY, '1 month ago'],
  [364 * DAY, '12 months ago'],
  [365 * DAY, '1 year ago'],
  [900 * DAY, '2 years ago'],
])('what is %d milliseconds old happened %s', (age, words) => {
  const now = Date.UTC(2026, 10, 24, 12);
  expect(relativeTime(now - age, now)).toBe(words);
});
