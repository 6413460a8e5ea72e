import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, test } from 'vitest';
import { listen } from '../../support/listening.ts';

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
