import type { FastifyRequest } from 'fastify';
import type { Credentials } from '../flows/authenticate.ts';

/**
 * RFC 6750 §2.1 and RFC 9449 §7.1. Another scheme is no access token at all; whatever follows one of these is one, if only
 * a bad one. In the URL a token is not looked for: it would stay in logs and histories (RFC 9700 §4.3.2).
 */
export function readCredentials({ method, url, headers }: FastifyRequest): Credentials {
  const { authorization = '' } = headers;
  // Only the beginning: to look at all of a token takes a microsecond.
  const match = /^(Bearer|DPoP)(?: +|$)/i.exec(authorization);
  if (!match) return { token: undefined };
  const [beginning, scheme = ''] = match;
  const token = authorization.slice(beginning.length);
  if (scheme.toLowerCase() === 'bearer') return { token };
  return { token, possession: { proof: String(headers['dpop'] ?? ''), method, path: pathOf(url) } };
}

/** How many ways a token came in by: RFC 6750 §2 allows one, and two may name two different people. */
export function countTokenMethods(request: FastifyRequest): number {
  const [, query = ''] = request.url.split('?');
  return authorizationsOf(request).length + new URLSearchParams(query).getAll('access_token').length;
}

/** Every header `Authorization`: Node goes by the first of them, and a proxy before it may have gone by the last. */
export function authorizationsOf({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === 'authorization' && index % 2 === 1,
  );
}

export function pathOf(url: string): string {
  const [path = ''] = url.split('?');
  return path;
}
