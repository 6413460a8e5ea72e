import { parseDuration } from '../lib/clock.ts';
import type { StoredKey } from './store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Milliseconds for which a key is published before it signs. Others may keep our keys for five minutes (http/jwks.ts),
 * and some do for longer than they are told: whoever looks once an hour knows each key before its first token comes.
 */
export const LEAD = HOUR;

/** The same when it cannot wait: a few looks of each process on this database (LOOK_INTERVAL). */
export const SHORT_LEAD = 3 * SECOND;

/** Milliseconds beyond its last token that a key stays: for a process that was late to hear of the next one. */
const MARGIN = 5 * MINUTE;

type Timed = Pick<StoredKey, 'kid' | 'active_from'>;

/** `30d`, from 1d to 400d, or `off`: never of itself. Undefined for anything else. */
export function parseRotation(text: string): number | undefined {
  if (text.trim() === 'off') return Infinity;
  const period = parseDuration(text);
  return period !== undefined && period >= DAY && period <= 400 * DAY ? period : undefined;
}

/**
 * The key that signs: the last one that has begun. When the clock was set back before all of them, the first.
 * `keys` in the order of the store.
 */
export function signerAt<Key extends Timed>(keys: readonly Key[], now: number): Key | undefined {
  return keys.findLast((key) => key.active_from <= now) ?? keys[0];
}

/** Whether the next key has to be published, so that it begins when the newest has signed for `rotation`. */
export function isNextDue(
  keys: readonly Timed[],
  { now, rotation }: { now: number; rotation: number },
): boolean {
  const newest = keys.at(-1);
  return newest !== undefined && newest.active_from + rotation - LEAD <= now;
}

/** When the last token has expired that `key` can have signed; undefined while no other key has a date. */
export function spentAt(keys: readonly Timed[], key: Timed, tokenLife: number): number | undefined {
  const successor = keys[keys.findIndex(({ kid }) => kid === key.kid) + 1];
  return successor && successor.active_from + tokenLife + MARGIN;
}
