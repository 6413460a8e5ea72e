import { createHash } from 'node:crypto';
import { randomBytes } from '../lib/random.ts';

/** 32 bytes as base64url; its last character carries four bits, so of each token there is one spelling. */
const FORM = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** 256 bits that are in one mail and nowhere else (CWE-640): whoever reads the database finds the hash. */
export function newMailToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: sha256(token) };
}

/** Undefined for what cannot be one of ours. */
export function hashMailToken(token: string): string | undefined {
  return FORM.test(token) ? sha256(token) : undefined;
}

/** Without salt and stretching: there is nothing to guess in 256 random bits. */
function sha256(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
