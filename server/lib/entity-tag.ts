import { createHash } from 'node:crypto';

/** A strong entity tag (RFC 9110 §8.8.3), with its quotes: the same for the same text, in each process. */
export function entityTagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url')}"`;
}
