/** Seconds to wait, as a person says it: `in 40 seconds`, `in 12 minutes`. Rounded up, never too early. */
export function inWords(seconds: number): string {
  if (seconds < 60) return count(Math.max(1, Math.ceil(seconds)), 'second');
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? count(minutes, 'minute') : count(Math.ceil(minutes / 60), 'hour');
}

function count(number: number, unit: string): string {
  return `in ${number} ${unit}${number === 1 ? '' : 's'}`;
}
