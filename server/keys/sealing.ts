import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deriveKey } from '../lib/derive-key.ts';
import { randomBytes } from '../lib/random.ts';

const NONCE_SIZE = 12;
const TAG_SIZE = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) under a key derived from the secret: a stolen database holds no usable signing
 * key. `name` is authenticated with it, so a sealed value cannot be moved to another row. Returns base64url of
 * nonce ‖ ciphertext ‖ tag; random 96-bit nonces are safe for far more keys than a server ever makes.
 */
export function seal(secret: string, name: string, plaintext: string): string {
  const nonce = randomBytes(NONCE_SIZE);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secret), nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([
    nonce,
    cipher.update(plaintext, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return sealed.toString('base64url');
}

/** Undefined when this secret did not seal it, or it was changed since. */
export function unseal(secret: string, name: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_SIZE + TAG_SIZE) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(secret), bytes.subarray(0, NONCE_SIZE))
    .setAAD(Buffer.from(name))
    .setAuthTag(bytes.subarray(-TAG_SIZE));
  const plaintext = decipher.update(bytes.subarray(NONCE_SIZE, -TAG_SIZE));
  try {
    return Buffer.concat([plaintext, decipher.final()]).toString('utf8');
  } catch {
    // Wrong key or altered bytes: GCM does not say which, and the caller tries the next secret.
    return undefined;
  }
}

function sealingKey(secret: string): Buffer {
  return deriveKey(secret, 'signing-key-sealing');
}
