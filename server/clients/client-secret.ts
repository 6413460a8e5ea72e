import { createHash, timingSafeEqual } from 'node:crypto';
import { randomBytes } from '../lib/random.ts';

/** `scs_` + base64url of 32 random bytes. Shown once, when it is made; lives until it is replaced. */
export function makeClientSecret(): string {
  return `scs_${randomBytes(32).toString('base64url')}`;
}

/** What is stored. With 256 random bits there is nothing to guess, so one SHA-256 does: nothing to slow a service down. */
export function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function isClientSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashClientSecret(secret)), Buffer.from(hash));
}
