import { createHash } from 'node:crypto';

/** A strong one (RFC 9110 §8.8.3), with its quotes. */
export function entityTagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url')}"`;
}

/** RFC 9110 §13.1.2, `If-None-Match`: a list of tags, compared weakly, or `*` for any. */
export function isKnown(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}
