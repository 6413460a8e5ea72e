import type { FastifyInstance } from 'fastify';
import type { PublishedKeys } from '../keys/key-ring.ts';
import { sendTagged } from './tagged-answer.ts';

const HOW = { type: 'application/json', cacheControl: 'public, max-age=300' };

/**
 * RFC 7517 §5: the public keys, for services that check access tokens themselves. Served from memory. Five minutes in
 * their caches is far less than a key is published before it signs (keys/schedule.ts).
 */
export function addJwks(app: FastifyInstance, keys: { published(): PublishedKeys }): void {
  app.get('/.well-known/jwks.json', (request, reply) =>
    sendTagged(request, reply, { ...keys.published(), ...HOW }),
  );
}
