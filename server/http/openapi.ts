import type { FastifyInstance } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import { offeredGrants } from '../oauth/token-endpoint.ts';
import { fixedAnswer } from './fixed-answer.ts';
import { createDocument } from './openapi/document.ts';

/** The interface as a document that other programs read. Made for the first of them: it takes 10 ms, for which no start waits. */
export function addOpenApi(app: FastifyInstance, { publicUrl, ...deps }: Deps): void {
  let answer: ReturnType<typeof fixedAnswer> | undefined;
  app.get('/openapi.json', (request, reply) => {
    answer ??= fixedAnswer(
      JSON.stringify(createDocument({ publicUrl, grants: offeredGrants(deps) })),
      'application/json',
    );
    return answer(request, reply);
  });
}
