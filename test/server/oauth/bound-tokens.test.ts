import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { boundAccount } from '../../../server/flows/bound-account.ts';
import { registerClient } from '../../../server/flows/manage-clients.ts';
import { createProofKey, type ProofKey, type ProofWanted } from '../../support/dpop.ts';
import { listen, type Listening } from '../../support/listening.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';

const tokensSchema = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.string(),
});

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A client that proves a key, at a server of its own. */
async function setUp() {
  const server = await listen();
  await server.client().register();
  const key = await createProofKey();
  return { server, key, ...createSender(server) };
}

function createSender({ app, base, clock }: Listening) {
  const prove = (key: ProofKey, wanted: Partial<ProofWanted> = {}) =>
    key.prove({
      iat: Math.floor(clock.now() / 1000),
      nonce: app.deps.dpop.nonce(),
      ...wanted,
      url: `http://localhost:3000${wanted.url ?? '/oauth/token'}`,
    });
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(`${base}${path}`, init);
    const body = z.record(z.string(), z.unknown()).parse(await answer.json());
    return { status: answer.status, headers: answer.headers, body };
  };
  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    send(path, { method: 'POST', body: new URLSearchParams(form), headers });
  const password = { grant_type: 'password', username: 'ada@example.com', password: GOOD_PASSWORD };
  return {
    prove,
    post,
    signIn: async (key?: ProofKey, form: Record<string, string> = {}) =>
      post('/oauth/token', { ...password, ...form }, key ? { DPoP: await prove(key) } : {}),
    refresh: async (token: string, key?: ProofKey, form: Record<string, string> = {}) =>
      post(
        '/oauth/token',
        { grant_type: 'refresh_token', refresh_token: token, ...form },
        key ? { DPoP: await prove(key) } : {},
      ),
    get: (path: string, headers: Record<string, string>) => send(path, { headers }),
  };
}

const claimsSchema = z.object({ cnf: z.object({ jkt: z.string() }) });

const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('a client that proves a key', () => {
  test('is told the nonce when it does not know one, and given bound tokens when it does', async () => {
    const { key, prove, post, signIn } = await setUp();
    const form = { grant_type: 'password', username: 'ada@example.com', password: GOOD_PASSWORD };
    const refused = await post('/oauth/token', form, { DPoP: await prove(key, { nonce: '' }) });
    expect(refused).toMatchObject({ status: 400, body: { error: 'use_dpop_nonce' } });
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    const given = await post('/oauth/token', form, { DPoP: await prove(key, { nonce }) });
    expect(given).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    expect(given.headers.get('dpop-nonce')).toBe(nonce);
    const { jkt } = claimsSchema.parse(claimsOf(tokensSchema.parse(given.body).access_token)).cnf;
    expect(jkt).toMatch(/^[\w-]{43}$/);
    expect((await signIn()).headers.get('dpop-nonce')).toBeNull();
  });

  test('learns of a bad proof before its password is looked at', async () => {
    const { key, prove, post } = await setUp();
    const form = { grant_type: 'password', username: 'ada@example.com', password: 'wrong' };
    const proof = await prove(key, { method: 'GET' });
    expect(await post('/oauth/token', form, { DPoP: proof })).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    });
  });
});

describe('a bound access token', () => {
  test.each([
    ['/oauth/userinfo', 'email'],
    ['/trpc/auth.me', 'result'],
  ])('opens %s with a proof for it, once', async (path, member) => {
    const { key, signIn, prove, get } = await setUp();
    const { access_token: accessToken } = tokensSchema.parse((await signIn(key)).body);
    const DPoP = await prove(key, { method: 'GET', url: path, accessToken });
    const headers = { Authorization: `DPoP ${accessToken}`, DPoP };
    const answer = await get(path, headers);
    expect(answer).toMatchObject({ status: 200, body: { [member]: expect.anything() } });
    expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
    const again = await get(path, headers);
    expect(again.status).toBe(401);
    expect(again.headers.get('www-authenticate')).toBe(
      'DPoP error="invalid_dpop_proof", algs="ES256 Ed25519 EdDSA RS256 PS256"',
    );
  });

  test('opens every call of a batch, which is one request', async () => {
    const { server, key, signIn, prove } = await setUp();
    const { access_token: accessToken } = tokensSchema.parse((await signIn(key)).body);
    const path = '/trpc/auth.me,auth.me';
    const DPoP = await prove(key, { method: 'GET', url: path, accessToken });
    const answer = await fetch(`${server.base}${path}?batch=1`, {
      headers: { Authorization: `DPoP ${accessToken}`, DPoP },
    });
    expect(answer.status).toBe(200);
  });

  test.each(['/oauth/userinfo', '/trpc/auth.me'])('opens nothing at %s without its key', async (path) => {
    const { key, signIn, prove, get } = await setUp();
    const bound = tokensSchema.parse((await signIn(key)).body).access_token;
    const free = tokensSchema.parse((await signIn()).body).access_token;
    const stranger = await createProofKey();
    const request = { method: 'GET', url: path };
    const attempts: [string, Record<string, string>, string][] = [
      ['as a bearer token', { Authorization: `Bearer ${bound}` }, 'Bearer error="invalid_token"'],
      [
        'as a bearer token with a proof',
        { Authorization: `Bearer ${bound}`, DPoP: await prove(key, { ...request, accessToken: bound }) },
        'Bearer error="invalid_token"',
      ],
      ['without a proof', { Authorization: `DPoP ${bound}` }, 'DPoP error="invalid_dpop_proof"'],
      [
        'with the key of somebody else',
        { Authorization: `DPoP ${bound}`, DPoP: await prove(stranger, { ...request, accessToken: bound }) },
        'DPoP error="invalid_token"',
      ],
      [
        'with a proof for another token',
        { Authorization: `DPoP ${bound}`, DPoP: await prove(key, { ...request, accessToken: free }) },
        'DPoP error="invalid_dpop_proof"',
      ],
      [
        'with a proof for another path',
        { Authorization: `DPoP ${bound}`, DPoP: await prove(key, { method: 'GET', accessToken: bound }) },
        'DPoP error="invalid_dpop_proof"',
      ],
      [
        'with a proof without a nonce',
        {
          Authorization: `DPoP ${bound}`,
          DPoP: await prove(key, { ...request, accessToken: bound, nonce: '' }),
        },
        'DPoP error="use_dpop_nonce"',
      ],
      [
        'and an unbound one gains nothing by a proof',
        { Authorization: `DPoP ${free}`, DPoP: await prove(key, { ...request, accessToken: free }) },
        'DPoP error="invalid_token"',
      ],
    ];
    for (const [name, headers, challenge] of attempts) {
      const answer = await get(path, headers);
      expect(answer.status, name).toBe(401);
      expect(answer.headers.get('www-authenticate'), name).toContain(challenge);
    }
  });

  test('is told as what it is, and can be revoked without its key', async () => {
    const { server, key, signIn, post } = await setUp();
    const { client, secret } = await registerClient(server.app.deps, {
      name: 'Service',
      confidential: true,
      grants: [],
      ceiling: [],
    });
    const { access_token: token } = tokensSchema.parse((await signIn(key)).body);
    const introspect = () =>
      post('/oauth/introspect', { token, client_id: client.id, client_secret: secret ?? '' });
    expect(await introspect()).toMatchObject({
      body: { active: true, token_type: 'DPoP', cnf: claimsSchema.parse(claimsOf(token)).cnf },
    });
    expect(await post('/oauth/revoke', { token })).toMatchObject({ status: 200, body: {} });
    expect((await introspect()).body).toEqual({ active: false });
  });
});

describe('a bound refresh token', () => {
  test('of a public client needs the very key, and is not used up by whoever lacks it', async () => {
    const { server, key, signIn, refresh } = await setUp();
    const { refresh_token: token } = tokensSchema.parse((await signIn(key)).body);
    for (const holder of [undefined, await createProofKey()])
      expect(await refresh(token, holder)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const cookie = { Cookie: `sallyport_refresh=${token}` };
    const viaCookie = await fetch(`${server.base}/trpc/auth.refresh`, { method: 'POST', headers: cookie });
    expect(viaCookie.status).toBe(401);
    expect(await refresh(token, key)).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  });

  test('of a confidential client needs a key, if a new one', async () => {
    const { server, key, signIn, refresh } = await setUp();
    const { client, secret = '' } = await registerClient(server.app.deps, {
      name: 'Service',
      confidential: true,
      grants: ['password', 'refresh_token'],
      ceiling: ['profile:read'],
    });
    const shown = { client_id: client.id, client_secret: secret };
    const { refresh_token: token } = tokensSchema.parse((await signIn(key, shown)).body);
    expect(await refresh(token, undefined, shown)).toMatchObject({ body: { error: 'invalid_grant' } });
    const renewed = await createProofKey();
    const { access_token: next } = tokensSchema.parse((await refresh(token, renewed, shown)).body);
    expect(claimsSchema.parse(claimsOf(next)).cnf.jkt).toBe(await calculateJwkThumbprint(renewed.publicJwk));
  });

  test('and one that is not bound may be traded for bound tokens, of either kind', async () => {
    const { key, signIn, refresh } = await setUp();
    const { refresh_token: token } = tokensSchema.parse((await signIn()).body);
    const { refresh_token: next, token_type: type } = tokensSchema.parse((await refresh(token, key)).body);
    expect(type).toBe('DPoP');
    expect(await refresh(next)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect(await refresh(next, key)).toMatchObject({ body: { token_type: 'DPoP' } });
  });
});

describe('a password change gives no more than its caller held', () => {
  const change = async (server: Listening, headers: Record<string, string>) => {
    const body = { currentPassword: GOOD_PASSWORD, newPassword: 'another lantern, another night' };
    const answer = await fetch(`${server.base}/trpc/account.changePassword`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    return { status: answer.status, text: await answer.text() };
  };
  const tokenIn = (text: string) => /"accessToken":"([^"]+)"/.exec(text)?.[1] ?? '';

  test('a bound token for a bound one', async () => {
    const { server, key, signIn, prove } = await setUp();
    const { access_token: accessToken } = tokensSchema.parse((await signIn(key)).body);
    const DPoP = await prove(key, { url: '/trpc/account.changePassword', accessToken });
    const { text } = await change(server, { Authorization: `DPoP ${accessToken}`, DPoP });
    expect(text).toContain('"tokenType":"DPoP"');
    expect(claimsSchema.parse(claimsOf(tokenIn(text))).cnf).toEqual(
      claimsSchema.parse(claimsOf(accessToken)).cnf,
    );
  });

  test('a narrow token for a narrow one', async () => {
    const { server, signIn, refresh } = await setUp();
    const { refresh_token: token } = tokensSchema.parse((await signIn()).body);
    const narrowed = tokensSchema.parse((await refresh(token, undefined, { scope: 'profile:read' })).body);
    const { text } = await change(server, { Authorization: `Bearer ${narrowed.access_token}` });
    expect(claimsOf(tokenIn(text))).toMatchObject({ scope: 'profile:read' });
  });

  test('nothing, and no change, where the account may have nothing of it by now', async () => {
    const { server, signIn } = await setUp();
    const { access_token: token } = tokensSchema.parse(
      (await signIn(undefined, { scope: 'profile:read' })).body,
    );
    const origin = { ip: '', userAgent: '' };
    await boundAccount(server.app.deps, { email: 'ada@example.com', ceiling: ['profile:write'], origin });
    expect((await change(server, { Authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await signIn()).status).toBe(200);
  });
});
