import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mountTrpc } from '../../../server/http/trpc-mount.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

/** The same procedures on the same database behind the short way and behind tRPC's own adapter. */
async function mountBoth(world: World): Promise<{ short: FastifyInstance; adapter: FastifyInstance }> {
  const mount = async (plainCalls: boolean) => {
    const app = Fastify({ bodyLimit: 64 * 1024, genReqId: () => 'same-request' });
    await app.register(cookie);
    await app.register((scope) => mountTrpc(scope, { deps: world.app.deps, secure: false, plainCalls }), {
      prefix: '/trpc',
    });
    onTestFinished(() => app.close());
    return app;
  };
  return { short: await mount(true), adapter: await mount(false) };
}

const json = { 'content-type': 'application/json' };
const login = { email: 'ada@example.com', password: GOOD_PASSWORD };
const post = (url: string, payload: string, headers: Record<string, string> = json): InjectOptions => ({
  method: 'POST',
  url,
  payload,
  headers,
});

const CALLS: [string, InjectOptions][] = [
  ['a query with a token', { url: '/trpc/auth.me', headers: { authorization: 'TOKEN' } }],
  ['a query without a token', { url: '/trpc/auth.me' }],
  ['a query with a bad token', { url: '/trpc/auth.me', headers: { authorization: 'Bearer nonsense' } }],
  [
    'a query with input it ignores',
    { url: '/trpc/auth.me?input=%7B%7D', headers: { authorization: 'TOKEN' } },
  ],
  [
    'a query with input that is no JSON',
    { url: '/trpc/auth.me?input=%7B', headers: { authorization: 'TOKEN' } },
  ],
  ['a query with two inputs', { url: '/trpc/auth.me?input=1&input=2', headers: { authorization: 'TOKEN' } }],
  ['a query with a bad escape', { url: '/trpc/auth.me?input=%E0%A4%A', headers: { authorization: 'TOKEN' } }],
  ['a query by POST', post('/trpc/auth.me', '{}')],
  ['a query by HEAD', { method: 'HEAD', url: '/trpc/auth.me' }],
  ['a query by PUT', { method: 'PUT', url: '/trpc/auth.me' }],
  ['a mutation', post('/trpc/auth.login', JSON.stringify(login))],
  [
    'a mutation with the wrong password',
    post('/trpc/auth.login', JSON.stringify({ ...login, password: 'x' })),
  ],
  ['a mutation with wrong types', post('/trpc/auth.login', '{"email":1,"password":[]}')],
  ['a mutation with null', post('/trpc/auth.login', 'null')],
  ['a mutation with a list', post('/trpc/auth.login', '[]')],
  ['a mutation with keys of the prototype', post('/trpc/auth.login', '{"__proto__":{"email":"a"}}')],
  ['a mutation with malformed JSON', post('/trpc/auth.login', '{"email":')],
  ['a mutation with a key twice', post('/trpc/auth.login', '{"email":"a","email":"b","password":"c"}')],
  [
    'a mutation as a form',
    post('/trpc/auth.login', 'email=a', { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['a mutation with a query beside it', post('/trpc/auth.login?input=1', JSON.stringify(login))],
  ['a mutation by GET', { url: `/trpc/auth.login?input=${encodeURIComponent(JSON.stringify(login))}` }],
  ['a mutation without body or content type', { method: 'POST', url: '/trpc/auth.logout' }],
  ['a mutation that needs a body, without one', { method: 'POST', url: '/trpc/auth.login' }],
  ['a mutation that needs no input', post('/trpc/auth.refresh', '')],
  ['a protected mutation without a token', post('/trpc/account.updateProfile', '{"name":"Ada"}')],
  [
    'a protected mutation',
    post('/trpc/account.updateProfile', '{"name":"Ada"}', { ...json, authorization: 'TOKEN' }),
  ],
  ['signing out when nobody is', post('/trpc/auth.logout', '')],
  ['a batch of one', { url: '/trpc/auth.me?batch=1', headers: { authorization: 'TOKEN' } }],
  ['an unknown procedure', { url: '/trpc/auth.nothing' }],
  ['a router', { url: '/trpc/auth' }],
  ['a name of the prototype', { url: '/trpc/constructor' }],
  ['another name of the prototype', post('/trpc/__proto__', '{}')],
  ['an escaped name', { url: '/trpc/auth%2Eme', headers: { authorization: 'TOKEN' } }],
  ['a stream', { url: '/trpc/auth.me', headers: { 'trpc-accept': 'application/jsonl' } }],
];

describe('the short way for plain calls answers like tRPC’s adapter', () => {
  test.each(CALLS)('%s', async (_, request) => {
    const world = await createWorld();
    const owner = world.visitor();
    await owner.register('ada@example.com');
    const { short, adapter } = await mountBoth(world);
    const authorization =
      request.headers?.['authorization'] === 'TOKEN' ? `Bearer ${owner.bearer}` : undefined;
    const sent = { ...request, headers: { ...request.headers, ...(authorization && { authorization }) } };
    expect(comparable(await short.inject(sent))).toEqual(comparable(await adapter.inject(sent)));
  });
});

/** Everything a caller sees but what is new in every answer and how the body was framed. */
function comparable({ statusCode, headers, body }: Awaited<ReturnType<FastifyInstance['inject']>>) {
  const { date: _date, 'content-length': _length, 'transfer-encoding': _framing, ...rest } = headers;
  const hide = (text: string) =>
    text
      .replaceAll(/"accessToken":"[^"]+"/g, '"accessToken":"…"')
      .replaceAll(/spr_[\w-]+/g, 'spr_…')
      .replaceAll(/_device=[\w-]+/g, '_device=…')
      // RFC 8259 §11 defines no charset for JSON: with and without it mean the same.
      .replaceAll('application/json; charset=utf-8', 'application/json');
  return { statusCode, headers: hide(JSON.stringify(rest, Object.keys(rest).toSorted())), body: hide(body) };
}
