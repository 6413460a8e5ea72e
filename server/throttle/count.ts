import { FIRST_WAIT, type Budget } from './budgets.ts';

/** How often something was tried; times in milliseconds since the epoch. */
export interface Count {
  failures: number;
  /** Nothing is tried before. */
  blockedUntil: number;
  /** Counts for nothing from this time on. */
  expiresAt: number;
}

const NONE: Count = { failures: 0, blockedUntil: 0, expiresAt: 0 };

/** What is left of it by now. */
export function currentCount(count: Count | undefined, now: number): Count {
  return count && count.expiresAt > now ? count : NONE;
}

/** With one failure more. */
export function countFailure(budget: Budget, count: Count, now: number): Count {
  const failures = count.failures + 1;
  const fresh = 'window' in budget ? now + budget.window : now + budget.memory;
  const expiresAt = 'window' in budget && count.failures > 0 ? count.expiresAt : fresh;
  if (failures >= budget.most) return { failures, blockedUntil: expiresAt, expiresAt };
  if ('window' in budget || failures < budget.free) return { failures, blockedUntil: 0, expiresAt };
  const wait = Math.min(budget.longest, FIRST_WAIT * 2 ** (failures - budget.free));
  return { failures, blockedUntil: now + wait, expiresAt };
}

/** Milliseconds until the next attempt; 0: now. */
export function waitOf({ blockedUntil }: Count, now: number): number {
  return Math.max(0, blockedUntil - now);
}
