import { createHash } from 'node:crypto';
import { randomBytes } from '../lib/random.ts';

/** 32 random bytes, base64url. Proves nothing but that this browser has signed in here before. */
const FORM = /^[\w-]{43}$/;

/** What the browser has, if it can be ours, else a new one. One serves all accounts of a browser. */
export function keepDeviceToken(presented: string | undefined): string {
  return presented !== undefined && FORM.test(presented) ? presented : randomBytes(32).toString('base64url');
}

export function hashDeviceToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
