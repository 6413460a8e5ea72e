import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../support/clock.ts';
import { listen, type Listening } from '../../support/listening.ts';
import { watchStatements } from '../../support/statements.ts';

const PATH = '/.well-known/jwks.json';

test('the published keys verify an access token, say which they are, and hold nothing private', async () => {
  const { base, client, clock } = await listen();
  const response = await fetch(`${base}/.well-known/jwks.json`);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  // Boundary: what is published is checked member by member right below.
  const jwks = (await response.json()) as JSONWebKeySet;
  expect(jwks.keys.map((key) => Object.keys(key).toSorted())).toEqual([
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
  ]);
  expect(jwks.keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });

  const { accessToken, user } = await client().register();
  const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(jwks), {
    issuer: 'http://localhost:3000',
    audience: 'http://localhost:3000',
    typ: 'at+jwt',
    currentDate: new Date(clock.now()),
  });
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: jwks.keys[0]?.kid });
  expect(payload).toMatchObject({
    sub: user.id,
    scope: 'profile:read profile:write',
    client_id: 'sallyport',
  });
});

test('a token altered in one character does not verify', async () => {
  const { base, client, clock } = await listen();
  const response = await fetch(`${base}/.well-known/jwks.json`);
  const jwks = (await response.json()) as JSONWebKeySet;
  const { accessToken } = await client().register();
  const [header, payload = '', signature] = accessToken.split('.');
  const altered = [header, `${payload[0] === 'e' ? 'f' : 'e'}${payload.slice(1)}`, signature].join('.');
  const options = { currentDate: new Date(clock.now()) };
  await expect(jwtVerify(altered, createLocalJWKSet(jwks), options)).rejects.toThrow(/signature/);
});

test.each(['RS256', 'EdDSA'])(
  'a server that signs with %s publishes what verifies its tokens',
  async (alg) => {
    const { base, client, clock } = await listen({ SIGNING_ALG: alg });
    const jwks = (await (await fetch(`${base}${PATH}`)).json()) as JSONWebKeySet;
    const { accessToken } = await client().register();
    const options = { currentDate: new Date(clock.now()), algorithms: [alg] };
    const { protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(jwks), options);
    expect(protectedHeader).toEqual({ alg, typ: 'at+jwt', kid: jwks.keys[0]?.kid });
  },
);

describe('whoever has the keys already', () => {
  const ask = async ({ base }: Listening, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(`${base}${PATH}`, { method, headers });
    return {
      status: response.status,
      etag: response.headers.get('etag') ?? '',
      cacheControl: response.headers.get('cache-control'),
      type: response.headers.get('content-type'),
      length: (await response.text()).length,
    };
  };

  test('is told so, in every form of the question (RFC 9110 §13.1.2)', async () => {
    const server = await listen();
    const { etag } = await ask(server);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, `"other",W/${etag} , "more"`, '*', ' * '])
      for (const method of ['GET', 'HEAD'])
        expect(await ask(server, { 'If-None-Match': header }, method), header).toEqual({
          status: 304,
          etag,
          cacheControl: 'public, max-age=300',
          type: null,
          length: 0,
        });
  });

  test('gets them again when it has others', async () => {
    const server = await listen();
    const { etag } = await ask(server);
    for (const header of ['', '"other"', etag.slice(1, -1), `w/${etag}`, `"x${etag.slice(1)}`, '"*"', ',,,'])
      expect(await ask(server, { 'If-None-Match': header }), header).toMatchObject({ status: 200, etag });
  });

  test('learns from HEAD what GET would say, without the keys', async () => {
    const server = await listen();
    const whole = await ask(server);
    expect(whole.length).toBeGreaterThan(100);
    expect(await ask(server, {}, 'HEAD')).toEqual({ ...whole, length: 0 });
  });

  test('is told of new ones when the set of keys changes, and not when another key begins to sign', async () => {
    const server = await listen();
    const { clock, app } = server;
    const after = async (milliseconds: number) => {
      clock.advance(milliseconds);
      await app.deps.keys.tend();
      return (await ask(server)).etag;
    };
    const first = await after(0);
    expect(await after(29 * DAY)).toBe(first);
    const both = await after(DAY - HOUR);
    expect(both).not.toBe(first);
    expect(await after(HOUR)).toBe(both);
    const second = await after(HOUR + 5 * MINUTE);
    expect([first, both]).not.toContain(second);
  });
});

test('the keys are served from memory', async () => {
  const { base } = await listen();
  const seen = watchStatements();
  expect((await fetch(`${base}${PATH}`)).status).toBe(200);
  expect(seen.executed).toEqual([]);
});
