import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply } from 'fastify';
import { OAuthError, toResponse } from '../oauth/oauth-error.ts';
import { errorBody, refuse } from './error-reply.ts';

/** No hook has run yet, so nothing else puts them on. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

/** A URL that cannot be decoded or routed. No part of the server has been found for it, only the words of one. */
export function refuseUrl(reply: FastifyReply): void {
  const { id, raw } = reply.request;
  reply.headers({ ...HEADERS, 'X-Request-Id': id });
  if (!raw.url?.startsWith('/oauth/')) return void refuse(reply, 'validation', 400);
  const { status, body } = toResponse(new OAuthError('invalid_request', 'the address is not readable'));
  reply.code(status).header('Pragma', 'no-cache').type('application/json').send(body);
}

/** RFC 6585 §5 and RFC 9110 §15.5.9; whatever else Node could not read is a bad request. */
const STATUSES: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Bytes that are no HTTP request, or that came too slowly: there is a connection to answer on, and no request.
 * It is destroyed after the answer. Merely ended, it would stay open for as long as the other side likes.
 */
export function refuseConnection({ code }: ConnectionError, socket: Socket): void {
  if (!socket.writable) return;
  const status = STATUSES[code] ?? 400;
  const body = JSON.stringify(errorBody('validation', { requestId: 'none', status }));
  const headers = {
    ...HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}
