import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deriveKey } from './derive-key.ts';
import { randomBytes } from './random.ts';

const NONCE_SIZE = 12;
const TAG_SIZE = 16;

/** The first seals, each of them opens. */
export type Secrets = readonly [string, ...string[]];

export interface Sealing {
  /** Under the first secret. Returns base64url of nonce ‖ ciphertext ‖ tag. */
  seal(name: string, plaintext: string): string;
  /** Undefined when no secret sealed it for this purpose and name, or it was changed since. */
  unseal(name: string, sealed: string): Unsealed | undefined;
}

export interface Unsealed {
  plaintext: string;
  /** False: under a secret that is being replaced. */
  isCurrent: boolean;
}

/**
 * AES-256-GCM (NIST SP 800-38D) under keys derived from the secrets: a stolen database holds nothing that can be used.
 * `purpose` names the key, so what is sealed for one use never opens for another; `name` is authenticated with the
 * value, so that it cannot be moved to another row. Random 96-bit nonces are safe for 2³² values under one key (§8.3).
 */
export function createSealing(secrets: Secrets, purpose: string): Sealing {
  const [first, ...others] = secrets;
  const key = deriveKey(first, purpose);
  const keys = [key, ...others.map((secret) => deriveKey(secret, purpose))];
  return {
    seal: (name, plaintext) => sealUnder(key, name, plaintext),
    unseal(name, sealed) {
      for (const candidate of keys) {
        const plaintext = unsealUnder(candidate, name, sealed);
        if (plaintext !== undefined) return { plaintext, isCurrent: candidate === key };
      }
      return undefined;
    },
  };
}

function sealUnder(key: Buffer, name: string, plaintext: string): string {
  const nonce = randomBytes(NONCE_SIZE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([
    nonce,
    cipher.update(plaintext, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return sealed.toString('base64url');
}

function unsealUnder(key: Buffer, name: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_SIZE + TAG_SIZE) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_SIZE))
    .setAAD(Buffer.from(name))
    .setAuthTag(bytes.subarray(-TAG_SIZE));
  const plaintext = decipher.update(bytes.subarray(NONCE_SIZE, -TAG_SIZE));
  try {
    return Buffer.concat([plaintext, decipher.final()]).toString('utf8');
  } catch {
    // Wrong key or altered bytes: GCM does not say which, and the next key is tried.
    return undefined;
  }
}
