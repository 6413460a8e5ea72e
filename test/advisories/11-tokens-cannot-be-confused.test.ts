import { createHmac } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, type JSONWebKeySet } from 'jose';
import { describe, expect, test } from 'vitest';
import { takeLastingDatabase } from '../support/database.ts';
import { addClient, basicOf, FORM } from '../support/oauth.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, type World } from '../support/world.ts';

// Supabase CVE-2026-31813, RFC 8725. Claim by claim: test/server/tokens/access-token.test.ts

async function signedInWorld(env?: Record<string, string>) {
  const world = await createWorld(env ? { env } : {});
  const browser = world.visitor();
  await browser.register();
  const [header = '', payload = ''] = (browser.bearer ?? '').split('.');
  return { world, bearer: browser.bearer ?? '', header, payload };
}

/** What a token is worth to tRPC; fails unless userinfo and introspection agree. */
async function outcomeWith(world: World, bearer: string): Promise<string> {
  const visitor = world.visitor();
  visitor.bearer = bearer;
  const outcome = await outcomeOf(visitor.api.auth.me());
  const isGood = outcome === 'succeeded';
  expect(await userinfoWith(world, bearer)).toEqual(
    isGood ? [200, undefined] : [401, 'Bearer error="invalid_token"'],
  );
  const told = await introspectionOf(world, bearer);
  expect(told).toEqual(isGood ? expect.objectContaining({ active: true }) : { active: false });
  return outcome;
}

async function userinfoWith({ app }: World, bearer: string) {
  const headers = { authorization: `Bearer ${bearer}` };
  const answer = await app.http.inject({ url: '/oauth/userinfo', headers });
  return [answer.statusCode, answer.headers['www-authenticate']];
}

async function introspectionOf(world: World, token: string): Promise<unknown> {
  const answer = await world.app.http.inject({
    method: 'POST',
    url: '/oauth/introspect',
    headers: { ...FORM, ...basicOf(await addClient(world)) },
    payload: new URLSearchParams({ token }).toString(),
  });
  return answer.json();
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  // Boundary: our own token, read back.
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}

describe('issuer and audience', () => {
  test('a token of one origin opens nothing at another that shares its keys', async () => {
    const env = { DATABASE_URL: await takeLastingDatabase() };
    const { world, bearer } = await signedInWorld({ ...env, PUBLIC_URL: 'https://one.example' });
    const other = await createWorld({
      env: { ...env, PUBLIC_URL: 'https://two.example' },
      clock: world.clock,
    });
    expect(await outcomeWith(world, bearer)).toBe('succeeded');
    expect(await outcomeWith(other, bearer)).toBe('token_invalid');
  });

  test('a token of another installation opens nothing here, although both call themselves the same', async () => {
    const one = await signedInWorld();
    const two = await signedInWorld();
    expect(await outcomeWith(two.world, one.bearer)).toBe('token_invalid');
  });
});

describe('keys', () => {
  test('`alg: none` and an empty signature are refused', async () => {
    const { world, header, payload } = await signedInWorld();
    for (const alg of ['none', 'None', 'NONE']) {
      const unsigned = encode({ ...decode(header), alg });
      for (const signature of ['', 'AA']) {
        expect(await outcomeWith(world, `${unsigned}.${payload}.${signature}`)).toBe('token_invalid');
        expect(await outcomeWith(world, `${header}.${payload}.${signature}`)).toBe('token_invalid');
      }
    }
  });

  test.each(['ES256', 'RS256', 'EdDSA'])(
    'HS256 with the published key of %s as the shared secret is refused',
    async (SIGNING_ALG) => {
      const { world, header, payload } = await signedInWorld({ SIGNING_ALG });
      const { keys } = (await world.app.http.inject('/.well-known/jwks.json')).json<JSONWebKeySet>();
      const [jwk] = keys;
      const key = jwk && (await importJWK(jwk, SIGNING_ALG, { extractable: true }));
      if (!key || key instanceof Uint8Array) throw new Error('no public key is published');
      const pem = await exportSPKI(key);
      const signed = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`;
      const bytes = Buffer.from(jwk.n ?? jwk.x ?? '', 'base64url');
      for (const secret of [pem, pem.trim(), JSON.stringify(jwk), bytes]) {
        const mac = createHmac('sha256', secret).update(signed).digest('base64url');
        expect(await outcomeWith(world, `${signed}.${mac}`)).toBe('token_invalid');
      }
    },
  );

  test('a good signature under the name of another key of ours, or of another algorithm, is refused', async () => {
    const env = { DATABASE_URL: await takeLastingDatabase() };
    const { bearer, header, payload } = await signedInWorld(env);
    const signature = bearer?.split('.')[2] ?? '';
    // The same server after a change of its algorithm: both keys are published.
    const world = await createWorld({ env: { ...env, SIGNING_ALG: 'RS256' } });
    expect(await outcomeWith(world, bearer)).toBe('succeeded');
    const { keys } = (await world.app.http.inject('/.well-known/jwks.json')).json<JSONWebKeySet>();
    const rsa = keys.find(({ alg }) => alg === 'RS256');
    const headers = [
      { kid: rsa?.kid },
      { kid: rsa?.kid, alg: 'RS256' },
      { alg: 'RS256' },
      { alg: 'EdDSA' },
      { alg: 'none' },
    ];
    for (const change of headers) {
      const relabelled = `${encode({ ...decode(header), ...change })}.${payload}.${signature}`;
      expect(await outcomeWith(world, relabelled), JSON.stringify(change)).toBe('token_invalid');
    }
  });

  test('a header chooses no key: `jwk`, `jku`, `x5u` and a foreign `kid` are refused', async () => {
    const { world, header, payload } = await signedInWorld();
    const thief = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(thief.publicKey);
    const { kid } = decode(header);
    const headers = [
      { kid: String(kid) },
      { kid: String(kid), jwk },
      { kid: String(kid), jku: 'https://evil.example/jwks.json' },
      { kid: String(kid), x5u: 'https://evil.example/cert.pem' },
      { kid: 'https://evil.example/jwks.json' },
      { kid: '../../etc/passwd' },
      { kid: '' },
      { jwk },
    ];
    for (const extra of headers) {
      const forged = await new SignJWT(decode(payload))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...extra })
        .sign(thief.privateKey);
      expect(await outcomeWith(world, forged), JSON.stringify(extra)).toBe('token_invalid');
    }
  });
});

describe('what our own key signed', () => {
  test('is an access token of this origin only when it says so in every claim', async () => {
    const { world, header, payload } = await signedInWorld();
    const { privateKey } = await world.app.deps.keys.signing();
    const sign = (claims: Record<string, unknown>, more: Record<string, unknown> = {}) =>
      new SignJWT({ ...decode(payload), ...claims })
        .setProtectedHeader({ alg: 'ES256', ...decode(header), ...more })
        .sign(privateKey);
    expect(await outcomeWith(world, await sign({}))).toBe('succeeded');
    const forged: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ['no type', {}, { typ: undefined }],
      ['the type of any JWT', {}, { typ: 'JWT' }],
      ['the type of a proof', {}, { typ: 'dpop+jwt' }],
      ['the type of a logout token', {}, { typ: 'logout+jwt' }],
      ['another issuer', { iss: 'https://evil.example' }, {}],
      ['our issuer with a slash', { iss: 'http://localhost:3000/' }, {}],
      ['no issuer', { iss: undefined }, {}],
      ['another audience', { aud: 'https://evil.example' }, {}],
      ['no audience', { aud: undefined }, {}],
      ['no subject', { sub: undefined }, {}],
      ['no session', { sid: undefined }, {}],
      ['no client', { client_id: undefined }, {}],
      ['no end', { exp: undefined }, {}],
    ];
    for (const [name, claims, more] of forged)
      expect(await outcomeWith(world, await sign(claims, more)), name).toBe('token_invalid');
  });
});

describe('one token has one spelling', () => {
  test.each<[string, (token: string) => string]>([
    ['padding', (token) => `${token}=`],
    ['a space inside', (token) => `${token.slice(0, -10)} ${token.slice(-10)}`],
    ['a dot behind it', (token) => `${token}.`],
    ['a part too many', (token) => `${token}.AA`],
    ['the other alphabet of base64', (token) => `${token.slice(0, -2)}+/`],
    ['quotes around it', (token) => `"${token}"`],
  ])('%s is refused', async (_, respell) => {
    const { world, bearer } = await signedInWorld();
    expect(await outcomeWith(world, bearer)).toBe('succeeded');
    expect(await outcomeWith(world, respell(bearer))).toBe('token_invalid');
  });
});
