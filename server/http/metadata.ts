import type { FastifyInstance } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import { describeServer } from '../oauth/metadata.ts';
import { fixedAnswer } from './fixed-answer.ts';

/** RFC 8414 §3. Served from memory. */
export function addMetadata(app: FastifyInstance, deps: Deps): void {
  const body = JSON.stringify(describeServer(deps));
  const path = '/.well-known/oauth-authorization-server';
  app.get(path, fixedAnswer(body, 'application/json', 'public, max-age=300'));
}
