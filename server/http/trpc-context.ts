import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import type { Context } from '../trpc/context.ts';
import { deviceCookieOf, refreshCookieOf } from './cookies.ts';

/** Both are stored with the session. What apps add to a browser's name is cut; no address is longer than an IPv6 one. */
const MAX_USER_AGENT = 200;
const MAX_ADDRESS = 45;

export function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  { deps, secure }: { deps: Deps; secure: boolean },
): Context {
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT);
  return {
    deps,
    requestId: request.id,
    origin: { ip: request.ip.slice(0, MAX_ADDRESS), userAgent },
    bearerToken: readBearer(request.headers.authorization),
    refreshCookie: refreshCookieOf(request, reply, { secure }),
    deviceCookie: deviceCookieOf(request, reply, { secure }),
  };
}

/** RFC 6750 §2.1. Another scheme is no bearer token at all; whatever follows `Bearer` is one, if only a bad one. */
function readBearer(header: string | undefined): string | undefined {
  const match = /^Bearer(?: +(.*))?$/i.exec(header ?? '');
  return match ? (match[1] ?? '') : undefined;
}
