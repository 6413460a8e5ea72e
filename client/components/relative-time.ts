const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest unit that fits comes first. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

const WORDS = new Intl.RelativeTimeFormat('en');

/**
 * How long ago something was, as a person says it: `2 minutes ago`. Undefined when that is less than a minute, and
 * when it has not happened yet, which means that this machine's clock is slow. Milliseconds since the epoch.
 */
export function relativeTime(then: number, now: number): string | undefined {
  const age = now - then;
  const unit = UNITS.find(([, length]) => age >= length);
  return unit && WORDS.format(-Math.floor(age / unit[1]), unit[0]);
}
