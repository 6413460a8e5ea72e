import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { withoutUnshowable } from '../../shared/text.ts';
import type { Origin } from '../sessions/store.ts';

/** Both are stored with the session. What apps add to a browser's name is cut; no address is longer than an IPv6 one. */
const MAX_USER_AGENT = 200;
const MAX_ADDRESS = 45;

/** Where a call comes from, for the session's owner to recognise. */
export function originOf({ ip, headers }: FastifyRequest): Origin {
  return {
    ip: readHeader(ip, MAX_ADDRESS),
    userAgent: readHeader(headers['user-agent'] ?? '', MAX_USER_AGENT),
  };
}

/**
 * Node gives each byte of a header as one character (RFC 9110 §5.5). Bytes that are UTF-8 were meant as such; of what is read,
 * nothing may hide or turn round what a person is shown.
 */
function readHeader(bytes: string, length: number): string {
  if (/^[ -~]*$/.test(bytes)) return bytes.slice(0, length);
  const buffer = Buffer.from(bytes, 'latin1');
  return withoutUnshowable((isUtf8(buffer) ? buffer.toString() : bytes).slice(0, length));
}
