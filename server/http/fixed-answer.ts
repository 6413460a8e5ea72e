import type { FastifyReply, FastifyRequest } from 'fastify';
import { entityTagOf, isKnown } from './entity-tags.ts';

/** Answers from memory with what was made at the start, and not again to one who has it (RFC 9110 §13.1.2). */
export function fixedAnswer(body: string, type: string, cacheControl = 'no-cache') {
  const etag = entityTagOf(body);
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply.header('Cache-Control', cacheControl).header('ETag', etag);
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.code(200).type(type).send(body);
  };
}
