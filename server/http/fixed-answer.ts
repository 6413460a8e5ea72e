import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers from memory with what was made at the start, and not again to one who has it (RFC 9110 §13.1.2). */
export function fixedAnswer(body: string, type: string) {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply.header('Cache-Control', 'no-cache').header('ETag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.code(200).type(type).send(body);
  };
}
