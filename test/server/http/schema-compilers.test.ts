import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { schemaCompilers } from '../../../server/http/schema-compilers.ts';

test('a route with a JSON schema is checked and written by it, as Fastify does', async () => {
  const app = Fastify({ schemaController: { compilersFactory: schemaCompilers } });
  const body = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', minLength: 2 } },
  };
  const answer = { 200: { type: 'object', properties: { greeting: { type: 'string' } } } };
  app.post('/greetings', { schema: { body, response: answer } }, (request) => {
    const { name } = request.body as { name: string };
    return { greeting: `Hello ${name}`, secret: 'of the server' };
  });
  const greet = (payload: object) => app.inject({ method: 'POST', url: '/greetings', payload });
  expect((await greet({ name: 'Ada' })).json()).toEqual({ greeting: 'Hello Ada' });
  const refused = await greet({ name: 'A' });
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({
    code: 'FST_ERR_VALIDATION',
    message: 'body/name must NOT have fewer than 2 characters',
  });
  await app.close();
});
