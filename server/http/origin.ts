import type { FastifyRequest } from 'fastify';
import type { Origin } from '../sessions/store.ts';

/** Both are stored with the session. What apps add to a browser's name is cut; no address is longer than an IPv6 one. */
const MAX_USER_AGENT = 200;
const MAX_ADDRESS = 45;

/** Where a call comes from, for the session's owner to recognise. */
export function originOf({ ip, headers }: FastifyRequest): Origin {
  return {
    ip: ip.slice(0, MAX_ADDRESS),
    userAgent: (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT),
  };
}
