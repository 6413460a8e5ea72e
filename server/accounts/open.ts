import type { Account } from './store.ts';

/** Neither disabled nor past the time at which it is erased: from then on it is as if it were gone. */
export function isOpen(
  { disabled_at, erase_at }: Pick<Account, 'disabled_at' | 'erase_at'>,
  now: number,
): boolean {
  return disabled_at === null && !isOverdue({ erase_at }, now);
}

/** Its owner wants it gone, and has had their time to think again. */
export function isOverdue({ erase_at }: Pick<Account, 'erase_at'>, now: number): boolean {
  return erase_at !== null && erase_at <= now;
}
