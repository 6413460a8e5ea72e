import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import type { Context } from '../trpc/context.ts';
import { deviceCookieOf, refreshCookieOf } from './cookies.ts';
import { readCredentials } from './credentials.ts';
import { originOf } from './origin.ts';

export function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  { deps, secure }: { deps: Deps; secure: boolean },
): Context {
  return {
    deps,
    requestId: request.id,
    origin: originOf(request),
    credentials: readCredentials(request),
    refreshCookie: refreshCookieOf(request, reply, { secure }),
    deviceCookie: deviceCookieOf(request, reply, { secure }),
  };
}
