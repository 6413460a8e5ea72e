import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hasDuplicateKeys } from './duplicate-keys.ts';

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** RFC 8259 §8.1: JSON is UTF-8. Other parameters mean nothing (§11). */
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))/i;

/**
 * Bodies are JSON or nothing, handed on as the text that was sent. A byte that is no UTF-8 is refused: decoded, it
 * would become U+FFFD like any other, and a password with one wrong byte the same as one with another.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    const text = isUtf8(body) ? body.toString('utf8') : undefined;
    if (text !== undefined && (text === '' || isStrictJson(text))) return done(null, text);
    return done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
  });
}

/** Forms and streams would reach a procedure past the limits that are set for JSON. */
export function isReadable({ headers }: FastifyRequest): boolean {
  const type = headers['content-type'];
  return type === undefined || (JSON_TYPE.test(type) && !OTHER_CHARSET.test(type));
}

export function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text);
    return !hasDuplicateKeys(text);
  } catch {
    return false;
  }
}
