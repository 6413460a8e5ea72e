import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Tagged {
  body: string;
  /** With its quotes. */
  etag: string;
  type: string;
  cacheControl: string;
}

/** Sends what stands in memory, and not again to one who has it. */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag, type, cacheControl }: Tagged,
): FastifyReply {
  reply.header('Cache-Control', cacheControl).header('ETag', etag);
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.code(200).type(type).send(body);
}

/** RFC 9110 §13.1.2, `If-None-Match`: a list of tags, compared weakly, or `*` for any. */
function isKnown(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}
