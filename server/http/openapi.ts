import type { FastifyInstance } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import { offeredGrants } from '../oauth/token-endpoint.ts';
import { fixedAnswer } from './fixed-answer.ts';
import { createDocument } from './openapi/document.ts';

/** The interface as a document that other programs read. */
export function addOpenApi(app: FastifyInstance, { publicUrl, ...deps }: Deps): void {
  const document = createDocument({ publicUrl, grants: offeredGrants(deps) });
  app.get('/openapi.json', fixedAnswer(JSON.stringify(document), 'application/json'));
}
