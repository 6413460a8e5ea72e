import type { FastifyInstance } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import { describeServer } from '../oauth/metadata.ts';

/** RFC 8414 §3. Served from memory. */
export function addMetadata(app: FastifyInstance, deps: Deps): void {
  const body = JSON.stringify(describeServer(deps));
  app.get('/.well-known/oauth-authorization-server', async (_request, reply) => {
    return reply.header('Cache-Control', 'public, max-age=300').type('application/json').send(body);
  });
}
