import type { FastifyRequest } from 'fastify';
import { procedureTypes } from '../trpc/router.ts';

const CALLS: ReadonlySet<string> = new Set([...procedureTypes.keys()].map((path) => `/trpc/${path}`));

/**
 * Which part of the server a request came to, by a name of ours: for the log, metrics and traces. What was asked is in none of
 * them. It may be anything, a token pasted into the wrong place too, and there would be no end of different ones. Undefined
 * where there is no route: pages of the client, and what is not there.
 */
export function routeOf(request: FastifyRequest): string | undefined {
  // Nearly every call, and Fastify makes its description of a route anew whenever it is asked.
  if (CALLS.has(request.url)) return request.url;
  const { url } = request.routeOptions;
  if (url === '/trpc/:path') return nameCall(request.params);
  // One file, one route: as many as the build has made.
  return url?.startsWith('/assets/') ? '/assets/*' : url;
}

/** Boundary: parameters of a route have the type that its handler gives them. */
function nameCall(params: unknown): string {
  const { path } = params as { path: string };
  const route = `/trpc/${path}`;
  if (CALLS.has(route)) return route;
  return path.includes(',') ? '/trpc/{batch}' : '/trpc/{unknown}';
}
