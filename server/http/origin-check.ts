import type { FastifyRequest } from 'fastify';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cross-site request forgery: a browser attaches the cookie whoever asks, so a state-changing call must come
 * from this origin or an allowed one. `Sec-Fetch-Site` is the browser's own word and no page can forge it;
 * `Origin` serves browsers that lack it. A caller with neither is no browser and holds no ambient cookie.
 * Go's net/http CrossOriginProtection decides alike, but compares with the host that was asked for; a proxy may
 * have changed that, so here it is the origin that was configured.
 */
export function isForbiddenOrigin(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  trusted: ReadonlySet<string>,
): boolean {
  if (SAFE_METHODS.has(method)) return false;
  const { origin } = headers;
  if (origin !== undefined && trusted.has(origin)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The server's own origin, and on one's own machine the other names of that machine. */
export function ownOrigins(publicUrl: string): string[] {
  const { protocol, hostname, port } = new URL(publicUrl);
  if (!LOOPBACK.includes(hostname)) return [publicUrl];
  return LOOPBACK.map((name) => new URL(`${protocol}//${name}${port === '' ? '' : `:${port}`}`).origin);
}
