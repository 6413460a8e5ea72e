import type { FastifyInstance } from 'fastify';

export interface Readiness {
  /** Fails when the database does not answer. */
  ask(): Promise<void>;
  /** True from the moment the process was asked to stop. */
  draining(): boolean;
}

/** `/healthz`: the process runs. `/readyz`: it can serve, and is not on its way out. */
export function addHealth(app: FastifyInstance, readiness: Readiness): void {
  app.get('/healthz', async (_request, reply) => {
    reply.header('Cache-Control', 'no-store');
    return { status: 'ok' };
  });

  app.get('/readyz', async (request, reply) => {
    reply.header('Cache-Control', 'no-store');
    if (readiness.draining()) return reply.code(503).send({ status: 'draining' });
    try {
      await readiness.ask();
      return { status: 'ready' };
    } catch (error) {
      request.log.error({ err: error }, 'not ready');
      return reply.code(503).send({ status: 'unavailable' });
    }
  });
}
