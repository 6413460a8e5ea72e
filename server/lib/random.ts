import * as crypto from 'node:crypto';

/** The only source of randomness: the operating system's CSPRNG. */
export function randomBytes(size: number): Buffer {
  return crypto.randomBytes(size);
}
