import { hkdfSync } from 'node:crypto';

/**
 * One secret, many keys: HKDF-SHA-256 (RFC 5869) with the purpose as `info`, so that a key leaked from one use
 * says nothing of another. Returns 32 bytes.
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `sallyport/${purpose}`, 32));
}
