import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RefreshCookie } from '../trpc/context.ts';

/**
 * HttpOnly: no script reads it. SameSite=Strict: no other site sends it. `__Host-` (RFC 6265bis §4.1.3.2): only
 * this host over TLS can have set it, so a sibling subdomain cannot plant one.
 */
function refreshCookieName(secure: boolean): string {
  return secure ? '__Host-sallyport_refresh' : 'sallyport_refresh';
}

export function refreshCookieOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { secure }: { secure: boolean },
): RefreshCookie {
  const name = refreshCookieName(secure);
  const attributes = { httpOnly: true, sameSite: 'strict', path: '/', secure } as const;
  return {
    read: () => readOnce(request.headers.cookie, name),
    write: (token, maxAge) => void reply.setCookie(name, token, { ...attributes, maxAge }),
    clear: () => void reply.clearCookie(name, attributes),
  };
}

/**
 * A name that stands twice was planted by somebody else (a path or a subdomain): which of the two is the
 * browser's own cannot be told, so neither is believed.
 */
function readOnce(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  const values = pairs
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  if (values.length > 1) return '';
  return values[0];
}
