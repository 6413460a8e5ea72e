import * as crypto from 'node:crypto';

/** The only source of randomness: the operating system's CSPRNG. */
export function randomBytes(size: number): Buffer {
  return crypto.randomBytes(size);
}

/** UUIDv4 (RFC 9562 §5.4), for names that are no secrets: Node draws them many at a time. */
export function randomUuid(): string {
  return crypto.randomUUID();
}
