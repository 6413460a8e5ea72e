import type { Profile, SignedIn } from '../../../shared/account.ts';

/** What a sign-in or a refresh gave this browser. Lives in memory only. */
export interface Grant {
  accessToken: string;
  /** Milliseconds on this machine's own clock, whatever the server's clock says. */
  expiresAt: number;
  /** Milliseconds from receipt to expiry. */
  lifetime: number;
  user: Profile;
}

/** How long before expiry a refresh is due: a minute or two, less for tokens that live only briefly. */
const LEAD = 120_000;
const LEAD_SHARE = 0.3;

/** A call that starts this shortly before expiry may reach the server after it. */
const LAST_MOMENT = 10_000;
const LAST_MOMENT_SHARE = 0.1;

/**
 * Expiry counts from the moment of receipt. The token's own `exp` is on the server's clock, and a person's clock
 * may be an hour off.
 */
export function grantOf({ accessToken, expiresIn, user }: SignedIn, receivedAt: number): Grant {
  const lifetime = expiresIn * 1000;
  return { accessToken, expiresAt: receivedAt + lifetime, lifetime, user };
}

export function receivedAt({ expiresAt, lifetime }: Grant): number {
  return expiresAt - lifetime;
}

export function isAboutToExpire({ expiresAt, lifetime }: Grant, now: number): boolean {
  return now >= expiresAt - Math.min(LAST_MOMENT, lifetime * LAST_MOMENT_SHARE);
}

export function isDue(grant: Grant, now: number): boolean {
  // More than a whole lifetime left: the clock was set back, and nothing it says about this grant can be trusted.
  return now >= grant.expiresAt - leadOf(grant) || grant.expiresAt - now > grant.lifetime;
}

/**
 * Milliseconds to wait before the proactive refresh. `random` (0 to 1) spreads tabs that hold the same token, so
 * that the first one's answer spares the others theirs.
 */
export function refreshDelay(grant: Grant, now: number, random: number): number {
  return Math.max(0, grant.expiresAt - leadOf(grant) * (1 - random / 2) - now);
}

function leadOf({ lifetime }: Grant): number {
  return Math.min(LEAD, lifetime * LEAD_SHARE);
}
