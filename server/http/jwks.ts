import type { FastifyInstance } from 'fastify';
import type { PublishedKeys } from '../keys/key-ring.ts';
import { isKnown } from './entity-tags.ts';

/**
 * RFC 7517 §5: the public keys, for services that check access tokens themselves. Served from memory. Five minutes in
 * their caches is far less than a key is published before it signs (keys/schedule.ts).
 */
export function addJwks(app: FastifyInstance, keys: { published(): PublishedKeys }): void {
  app.get('/.well-known/jwks.json', async (request, reply) => {
    const { body, etag } = keys.published();
    reply.header('Cache-Control', 'public, max-age=300').header('ETag', etag);
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('application/json').send(body);
  });
}
