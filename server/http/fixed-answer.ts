import type { FastifyReply, FastifyRequest } from 'fastify';
import { entityTagOf } from '../lib/entity-tag.ts';
import { sendTagged } from './tagged-answer.ts';

/** Answers with what was made once. */
export function fixedAnswer(body: string, type: string, cacheControl = 'no-cache') {
  const answer = { body, etag: entityTagOf(body), type, cacheControl };
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => sendTagged(request, reply, answer);
}
