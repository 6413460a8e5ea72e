/** The only source of time. `now()` is milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Seconds since the Unix epoch, as JWTs count (RFC 7519 §2, NumericDate). */
export function toNumericDate(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `15m`, `12h`, `14d` → milliseconds; a bare number counts as seconds. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(text.trim());
  if (!match) return undefined;
  const unit = match[2];
  return Number(match[1]) * (unit !== undefined && isUnit(unit) ? UNITS[unit] : UNITS.s);
}

function isUnit(text: string): text is keyof typeof UNITS {
  return Object.hasOwn(UNITS, text);
}
