import type { FastifyInstance } from 'fastify';
import type { JWK } from 'jose';

/** RFC 7517 §5: the public keys, for services that check access tokens themselves. Served from memory. */
export function addJwks(app: FastifyInstance, jwks: { keys: JWK[] }): void {
  const body = JSON.stringify(jwks);
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    return reply.header('Cache-Control', 'public, max-age=300').type('application/json').send(body);
  });
}
