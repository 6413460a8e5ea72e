import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { inputSchema, outputSchema } from '../../../server/http/openapi/json-schema.ts';
import { procedureTypes } from '../../../server/trpc/router.ts';
import { tokenResponseSchema } from '../../../shared/oauth.ts';
import { SCOPES } from '../../../shared/scopes.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';

const schema = z.record(z.string(), z.unknown());
const media = z.record(z.string(), z.object({ schema }));
const operation = z.object({
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.object({ name: z.string(), content: media })).optional(),
  requestBody: z.object({ content: media }).optional(),
  responses: z.record(z.string(), z.object({ content: media.optional(), $ref: z.string().optional() })),
});
const documentSchema = z.object({
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.object({ get: operation, post: operation }).partial()),
  components: z.object({
    securitySchemes: z.record(z.string(), schema),
    responses: z.record(z.string(), z.object({ content: media })),
  }),
});

const server = sharedServer();

async function readDocument(base = server().base) {
  return documentSchema.parse(await (await fetch(`${base}/openapi.json`)).json());
}

type Document = z.infer<typeof documentSchema>;

function operationOf({ paths }: Document, path: string) {
  const found = paths[path]?.get ?? paths[path]?.post;
  if (!found) throw new Error(`${path} is not in the document`);
  return found;
}

/** What the document says of an answer's body. */
function bodySchema(document: Document, path: string, status: number) {
  const { responses } = operationOf(document, path);
  const response = responses[status] ?? responses['default'];
  const name = response?.$ref?.replace('#/components/responses/', '') ?? '';
  const found = (response?.content ?? document.components.responses[name]?.content)?.['application/json'];
  if (!found) throw new Error(`${path} has no answer ${status}`);
  return found.schema;
}

/** Every complaint that an independent validator has. */
function complaints(jsonSchema: object, value: unknown) {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats(ajv);
  const validate = ajv.compile(jsonSchema);
  return validate(value) ? [] : validate.errors;
}

describe('the document', () => {
  test('is valid OpenAPI 3.1, by the words of another', async () => {
    const document = schema.parse(await (await fetch(`${server().base}/openapi.json`)).json());
    expect(await new Validator().validate(document)).toEqual({ valid: true });
    expect(document['openapi']).toBe('3.1.0');
  });

  test('names each procedure that has one answer, each route beside them, and nothing else', async () => {
    const called = [...procedureTypes].filter(([, type]) => type !== 'subscription');
    const { paths } = await readDocument();
    const methods = Object.entries(paths).map(([path, item]) => [path, ...Object.keys(item)]);
    expect(Object.fromEntries(methods)).toEqual({
      ...Object.fromEntries(
        called.map(([name, type]) => [`/trpc/${name}`, type === 'query' ? 'get' : 'post']),
      ),
      '/oauth/token': 'post',
      '/oauth/revoke': 'post',
      '/oauth/introspect': 'post',
      '/oauth/userinfo': 'get',
      '/.well-known/oauth-authorization-server': 'get',
      '/.well-known/jwks.json': 'get',
      '/healthz': 'get',
      '/readyz': 'get',
    });
  });

  test('names nothing that is not there', async () => {
    const { base } = server();
    for (const [path, item] of Object.entries((await readDocument()).paths)) {
      const { status } = await fetch(`${base}${path}`, { method: item.get ? 'GET' : 'POST' });
      expect([path, status]).not.toEqual([path, 404]);
      expect([path, status]).not.toEqual([path, 405]);
    }
  });

  test.each([
    ['/trpc/auth.register', []],
    ['/trpc/sessions.list', [{ person: [] }, { token: [] }]],
    ['/trpc/auth.me', [{ person: ['profile:read'] }, { token: [] }]],
    ['/trpc/account.updateProfile', [{ person: ['profile:write'] }, { token: [] }]],
    ['/oauth/userinfo', [{ person: ['profile:read'] }, { token: [] }]],
    ['/oauth/introspect', [{ client: [] }]],
  ])('says who may call %s', async (path, security) => {
    expect(operationOf(await readDocument(), path).security).toEqual(security);
  });

  test('lets a person authorise by password, for each scope of the registry', async () => {
    const { components } = await readDocument();
    expect(components.securitySchemes['person']).toMatchObject({
      type: 'oauth2',
      flows: { password: { tokenUrl: '/oauth/token', refreshUrl: '/oauth/token', scopes: SCOPES } },
    });
  });

  test('offers no password grant where there is none', async () => {
    const { base } = await listen({ PASSWORD_GRANT: 'off' });
    const document = await readDocument(base);
    expect(document.components.securitySchemes['person']).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(JSON.stringify(operationOf(document, '/oauth/token').requestBody)).toContain('["refresh_token"]');
  });

  test('names the server as people see it', async () => {
    const { base } = await listen({ PUBLIC_URL: 'https://login.example.com' });
    expect((await readDocument(base)).servers).toEqual([{ url: 'https://login.example.com' }]);
  });

  test('is not sent again to one who has it', async () => {
    const first = await fetch(`${server().base}/openapi.json`);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    expect((await fetch(`${server().base}/openapi.json`, { headers })).status).toBe(304);
  });
});

describe('an answer is what the document says', () => {
  const credentials = { email: 'ada@example.com', password: GOOD_PASSWORD };
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
  const grant = { grant_type: 'password', username: credentials.email, password: GOOD_PASSWORD };

  test('for procedures that succeed, and for those that refuse', async () => {
    const { base, client } = await listen();
    const document = await readDocument(base);
    const ada = client();
    const calls: [string, number, () => Promise<Response>][] = [
      ['auth.me', 401, () => ada.query('auth.me')],
      ['auth.register', 400, () => ada.mutate('auth.register', { email: 'ada' })],
      ['auth.register', 200, () => ada.mutate('auth.register', credentials)],
      ['auth.login', 401, () => ada.mutate('auth.login', { ...credentials, password: 'another' })],
      ['auth.refresh', 200, () => ada.mutate('auth.refresh')],
      ['auth.login', 200, async () => ada.mutate('auth.login', credentials)],
    ];
    for (const [name, status, call] of calls) {
      const response = await call();
      expect([name, response.status]).toEqual([name, status]);
      expect(complaints(bodySchema(document, `/trpc/${name}`, status), await response.json())).toEqual([]);
    }
    await ada.signIn();
    for (const name of ['auth.me', 'sessions.list', 'notices.list']) {
      const response = await ada.query(name);
      expect([name, response.status]).toEqual([name, 200]);
      expect(complaints(bodySchema(document, `/trpc/${name}`, 200), await response.json())).toEqual([]);
    }
  });

  test('for the routes of OAuth', async () => {
    const { base, client } = await listen();
    const document = await readDocument(base);
    await client().register(credentials.email);
    const granted = await fetch(`${base}/oauth/token`, form(grant));
    const tokens = tokenResponseSchema.parse(await granted.json());
    expect(complaints(bodySchema(document, '/oauth/token', 200), tokens)).toEqual([]);

    const Authorization = `Bearer ${tokens.access_token}`;
    const answers: [string, number, RequestInit][] = [
      ['/oauth/userinfo', 200, { headers: { Authorization } }],
      ['/oauth/userinfo', 401, { headers: { Authorization: 'Bearer none' } }],
      ['/oauth/token', 400, form({ ...grant, password: 'another' })],
      ['/oauth/token', 400, form({ grant_type: 'implicit' })],
      ['/oauth/introspect', 401, form({ token: tokens.access_token })],
      ['/oauth/revoke', 200, form({ token: tokens.access_token })],
      ['/.well-known/oauth-authorization-server', 200, {}],
      ['/.well-known/jwks.json', 200, {}],
      ['/healthz', 200, {}],
      ['/readyz', 200, {}],
    ];
    for (const [path, status, init] of answers) {
      const response = await fetch(`${base}${path}`, init);
      expect([path, response.status]).toEqual([path, status]);
      expect([path, complaints(bodySchema(document, path, status), await response.json())]).toEqual([
        path,
        [],
      ]);
    }
  });

  test('and what the document takes for a call is one', async () => {
    const document = await readDocument();
    const tokenForm = operationOf(document, '/oauth/token').requestBody?.content;
    const login = operationOf(document, '/trpc/auth.login').requestBody?.content;
    const formSchema = tokenForm?.['application/x-www-form-urlencoded']?.schema ?? {};
    const loginSchema = login?.['application/json']?.schema ?? {};
    expect(complaints(formSchema, grant)).toEqual([]);
    expect(complaints(formSchema, { grant_type: 'refresh_token', refresh_token: 'spr_x' })).toEqual([]);
    expect(complaints(formSchema, { grant_type: 'implicit' })).not.toEqual([]);
    expect(complaints(loginSchema, { ...credentials, email: '  ADA@example.com ' })).toEqual([]);
    expect(complaints(loginSchema, { email: credentials.email })).not.toEqual([]);
  });
});

describe('what JSON Schema cannot say', () => {
  test.each<[string, z.ZodType, object]>([
    ['an expression with flags', z.string().regex(/^[\u{80}-\u{10ffff}]+$/u), { type: 'string' }],
    ['one with flags among others', z.string().regex(/a/i).regex(/b/), { type: 'string' }],
    [
      'a trimmed and checked text',
      z
        .string()
        .trim()
        .refine((text) => text !== ''),
      { type: 'string' },
    ],
    ['a text that is changed', z.string().transform((text) => text.length), { type: 'string' }],
    ['a check of our own', z.custom<string>(() => true), {}],
  ])('is left out: %s', (_, from, to) => {
    expect(inputSchema(from)).toEqual(to);
  });

  test('what it can say stays', () => {
    expect(inputSchema(z.string().max(3).regex(/^a+$/))).toEqual({
      type: 'string',
      maxLength: 3,
      pattern: '^a+$',
    });
    expect(outputSchema(z.uuid())).toEqual({ type: 'string', format: 'uuid' });
    expect(outputSchema(z.int())).toEqual({ type: 'integer' });
  });

  test('a secret is typed unseen', () => {
    expect(inputSchema(z.object({ password: z.string() }))).toMatchObject({
      properties: { password: { format: 'password' } },
    });
  });
});
