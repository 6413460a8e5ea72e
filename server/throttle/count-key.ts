import { createHmac } from 'node:crypto';
import { deriveKey } from '../lib/derive-key.ts';

/** Enough that no two share a row (RFC 2104 §5); the other half of each key would be disk only. */
const KEY_BYTES = 16;

export type CountKey = (...subject: string[]) => string;

/**
 * Rows are found by HMAC-SHA-256, so that the table names neither person nor place. Of several secrets the last: while
 * `AUTH_SECRET` is being rotated it is the one that processes with the old list and with the new one have in common, and
 * counts live on until it is removed.
 */
export function createCountKey(secrets: readonly [string, ...string[]]): CountKey {
  const key = deriveKey(secrets.at(-1) ?? secrets[0], 'throttle-keys');
  return (...subject) =>
    createHmac('sha256', key)
      .update(JSON.stringify(subject))
      .digest()
      .subarray(0, KEY_BYTES)
      .toString('base64url');
}
