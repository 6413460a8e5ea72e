import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeviceCookie, RefreshCookie } from '../trpc/context.ts';

/** Seconds: the longest that browsers keep a cookie (RFC 6265bis §5.5). */
const DEVICE_MAX_AGE = 400 * 24 * 60 * 60;

/**
 * `__Host-` (RFC 6265bis §4.1.3.2): only this host over TLS can have set it, so a sibling subdomain cannot plant one.
 * HttpOnly: no script reads it. SameSite=Strict: no other site sends it.
 */
function nameOf(cookie: string, secure: boolean): string {
  return secure ? `__Host-sallyport_${cookie}` : `sallyport_${cookie}`;
}

const attributesOf = (secure: boolean) =>
  ({ httpOnly: true, sameSite: 'strict', path: '/', secure }) as const;

export function refreshCookieOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { secure }: { secure: boolean },
): RefreshCookie {
  const name = nameOf('refresh', secure);
  const attributes = attributesOf(secure);
  return {
    read: () => readOnce(request.headers.cookie, name),
    write: (token, maxAge) => void reply.setCookie(name, token, { ...attributes, maxAge }),
    clear: () => void reply.clearCookie(name, attributes),
  };
}

export function deviceCookieOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { secure }: { secure: boolean },
): DeviceCookie {
  const name = nameOf('device', secure);
  return {
    read: () => readOnce(request.headers.cookie, name),
    write: (token) => void reply.setCookie(name, token, { ...attributesOf(secure), maxAge: DEVICE_MAX_AGE }),
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
