import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import * as openid from 'openid-client';
import { ResourceOwnerPassword } from 'simple-oauth2';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PERSON, startServer, type StartedServer } from '../support/started-server.ts';

const tokensSchema = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string(),
  scope: z.string(),
});

async function signIn({ issuer }: StartedServer, form: Record<string, string> = {}) {
  const body = new URLSearchParams({ grant_type: 'password', ...PERSON, ...form });
  const response = await fetch(`${issuer}/oauth/token`, { method: 'POST', body });
  return tokensSchema.parse(await response.json());
}

test('openid-client discovers, signs in, refreshes, introspects, revokes, and proves a key', async () => {
  const { issuer, client } = await startServer();
  // What the library calls insecure is http, here on loopback; it has no other option set.
  const options: openid.DiscoveryRequestOptions = {
    algorithm: 'oauth2',
    execute: [openid.allowInsecureRequests],
  };
  const auth = openid.ClientSecretBasic(client.secret);
  const config = await openid.discovery(new URL(issuer), client.id, undefined, auth, options);
  const first = await openid.genericGrantRequest(config, 'password', { ...PERSON, scope: 'profile:read' });
  const { access_token: token, refresh_token: next = '' } = await openid.refreshTokenGrant(
    config,
    first.refresh_token ?? '',
  );
  expect(await openid.tokenIntrospection(config, token)).toMatchObject({
    active: true,
    client_id: client.id,
  });
  const { sub = '' } = await openid.tokenIntrospection(config, token);
  expect(await openid.fetchUserInfo(config, token, sub)).toMatchObject({ email: PERSON.username });
  await openid.tokenRevocation(config, next);
  expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false });
  await expect(openid.refreshTokenGrant(config, next)).rejects.toMatchObject({ error: 'invalid_grant' });

  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  const bound = await openid.genericGrantRequest(config, 'password', PERSON, { DPoP });
  expect(bound.token_type).toBe('dpop');
  const url = new URL(`${issuer}/oauth/userinfo`);
  const read = await openid.fetchProtectedResource(
    config,
    bound.access_token,
    url,
    'GET',
    undefined,
    undefined,
    {
      DPoP,
    },
  );
  expect(read.status).toBe(200);
});

test.each(['header', 'body'] as const)(
  'simple-oauth2 signs in, refreshes and revokes, with its credentials in the %s',
  async (authorizationMethod) => {
    const { issuer, client } = await startServer();
    const owner = new ResourceOwnerPassword({
      client,
      auth: { tokenHost: issuer },
      options: { authorizationMethod },
    });
    const token = await owner.getToken({ ...PERSON, scope: 'profile:read' });
    const next = await token.refresh();
    expect(next.token).toMatchObject({ token_type: 'Bearer', scope: 'profile:read' });
    await next.revokeAll();
    await expect(next.refresh()).rejects.toMatchObject({ output: { statusCode: 400 } });
    await expect(owner.getToken({ ...PERSON, password: 'wrong' })).rejects.toMatchObject({
      data: { payload: { error: 'invalid_grant' } },
    });
  },
);

test('jwks-rsa and jsonwebtoken, a service that knows nothing of us but its address, take our tokens and no others', async () => {
  const [server, other] = [await startServer(), await startServer()];
  const jwks = jwksRsa({ jwksUri: `${server.issuer}/.well-known/jwks.json` });
  const verify = async (token: string, options: jwt.VerifyOptions = {}): Promise<unknown> => {
    const header = jwt.decode(token, { complete: true })?.header;
    const key = (await jwks.getSigningKey(header?.kid)).getPublicKey();
    const pinned: jwt.VerifyOptions = {
      algorithms: ['ES256'],
      issuer: server.issuer,
      audience: server.issuer,
    };
    return jwt.verify(token, key, { ...pinned, ...options });
  };
  const { access_token: token } = await signIn(server, { scope: 'profile:read' });
  expect(await verify(token)).toMatchObject({ client_id: 'sallyport', scope: 'profile:read' });

  await expect(verify((await signIn(other)).access_token)).rejects.toThrow('Unable to find a signing key');
  await expect(verify(token, { audience: 'https://elsewhere.example' })).rejects.toThrow(
    'jwt audience invalid',
  );
  await expect(verify(token, { clockTimestamp: Date.now() / 1000 + 901 })).rejects.toThrow('jwt expired');
  const [head = '', body = ''] = token.split('.');
  await expect(verify(`${head}.${body}.${'A'.repeat(86)}`)).rejects.toThrow('invalid signature');
  // The key that everybody knows, as a secret: refused since the algorithm is pinned, here as in our own code.
  const { kid } = z.object({ kid: z.string() }).parse(jwt.decode(token, { complete: true })?.header);
  const publicKey = (await jwks.getSigningKey(kid)).getPublicKey();
  const forged = createToken({ alg: 'HS256', typ: 'at+jwt', kid }, body, publicKey);
  await expect(verify(forged)).rejects.toThrow('invalid algorithm');
});

function createToken(header: object, body: string, secret: string): string {
  const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${body}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
