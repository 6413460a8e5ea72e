import { createHmac } from 'node:crypto';
import { deriveKey } from '../lib/derive-key.ts';
import type { Clock } from '../lib/clock.ts';

/** Milliseconds for which a nonce is handed out; it is accepted for at least as long, and at most twice. */
const NONCE_STEP = 60_000;

/** Bytes: nothing can be gained by guessing one in less than its life. */
const SIZE = 16;

export interface Nonces {
  current(): string;
  isCurrent(nonce: string): boolean;
}

/**
 * RFC 9449 §8: a proof that carries one was made after we gave it, so none can be made for later. It is computed from the
 * time and the secret: nothing is stored, and every process of a deployment knows the same ones.
 */
export function createNonces({
  secrets,
  clock,
}: {
  secrets: readonly [string, ...string[]];
  clock: Clock;
}): Nonces {
  const keys = secrets.map((secret) => deriveKey(secret, 'dpop-nonce'));
  const nonceOf = (key: Buffer, step: number) =>
    createHmac('sha256', key).update(String(step)).digest().subarray(0, SIZE).toString('base64url');
  const stepNow = () => Math.floor(clock.now() / NONCE_STEP);
  const [issuing = Buffer.alloc(0)] = keys;

  return {
    current: () => nonceOf(issuing, stepNow()),
    // Public values that are compared with what anybody is given for the asking: no time to keep constant.
    isCurrent(nonce) {
      const step = stepNow();
      return keys.some((key) => nonce === nonceOf(key, step) || nonce === nonceOf(key, step - 1));
    },
  };
}
