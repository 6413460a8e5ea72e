import Fastify from 'fastify';
import { expect, test, vi } from 'vitest';
import { schemaCompilers } from '../../../server/http/schema-compilers.ts';

test('a route with a JSON schema is checked and written by it, as Fastify does', async () => {
  const buildValidator = vi.fn(schemaCompilers.buildValidator);
  const buildSerializer = vi.fn(schemaCompilers.buildSerializer);
  const app = Fastify({ schemaController: { compilersFactory: { buildValidator, buildSerializer } } });
  app.get('/healthz', () => 'ok');
  expect((await app.inject('/healthz')).body).toBe('ok');
  expect(buildValidator).not.toHaveBeenCalled();
  expect(buildSerializer).not.toHaveBeenCalled();
  await app.close();

  const other = Fastify({ schemaController: { compilersFactory: { buildValidator, buildSerializer } } });
  const body = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', minLength: 2 } },
  };
  const answer = { 200: { type: 'object', properties: { greeting: { type: 'string' } } } };
  other.post('/greetings', { schema: { body, response: answer } }, (request) => {
    const { name } = request.body as { name: string };
    return { greeting: `Hello ${name}`, secret: 'of the server' };
  });
  const greet = (payload: object) => other.inject({ method: 'POST', url: '/greetings', payload });
  expect((await greet({ name: 'Ada' })).json()).toEqual({ greeting: 'Hello Ada' });
  const refused = await greet({ name: 'A' });
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({
    code: 'FST_ERR_VALIDATION',
    message: 'body/name must NOT have fewer than 2 characters',
  });
  expect(buildValidator).toHaveBeenCalledOnce();
  expect(buildSerializer).toHaveBeenCalledOnce();
  await other.close();
});

test('scopes with the same schemas and options have one compiler, as with Fastify', () => {
  const options = { customOptions: {} };
  expect(schemaCompilers.buildValidator({}, options)).toBe(schemaCompilers.buildValidator({}, options));
});
