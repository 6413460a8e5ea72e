import type { FastifyInstance } from 'fastify';

const FOR_EVERY_CALL = {
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': 'DPoP-Nonce, Retry-After, WWW-Authenticate, X-Request-Id',
};

const FOR_PREFLIGHTS = {
  'Access-Control-Allow-Methods': 'GET, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, DPoP',
  /** Seconds. */
  'Access-Control-Max-Age': '600',
};

/**
 * CORS (https://fetch.spec.whatwg.org/#http-cors-protocol): pages of the allowed origins may call with the browser's cookie and
 * read the answers. Whoever else asks, by a preflight or not, is told only that others may be answered otherwise; what they
 * must not do is refused by origin-check.ts. Not @fastify/cors, which is 1 µs of every call that names no origin.
 */
export function answerOrigins(app: FastifyInstance, allowed: ReadonlySet<string>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    const isPreflight = request.method === 'OPTIONS';
    reply.header('Vary', 'Origin');
    if (origin !== undefined && allowed.has(origin)) {
      reply.header('Access-Control-Allow-Origin', origin).headers(FOR_EVERY_CALL);
      if (isPreflight) reply.headers(FOR_PREFLIGHTS);
    }
    // Nothing here answers an OPTIONS otherwise.
    if (isPreflight) reply.code(204).send();
    else done();
  });
}
