import * as oauth from 'oauth4webapi';
import { describe, expect, test } from 'vitest';
import { PERSON, startServer, type StartedServer } from '../support/started-server.ts';

// The strictest client that there is, as it comes. Its one option here is what it calls insecure: http on loopback.
const OPTIONS = { [oauth.allowInsecureRequests]: true };

async function discover({ issuer }: StartedServer): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...OPTIONS });
  return oauth.processDiscoveryResponse(url, response);
}

interface Party {
  as: oauth.AuthorizationServer;
  client: oauth.Client;
  auth: oauth.ClientAuth;
  dpop?: { DPoP: oauth.DPoPHandle };
}

const PASSWORD = new URLSearchParams({ ...PERSON, scope: 'profile:read' });

async function signIn(
  { as, client, auth, dpop }: Party,
  form = PASSWORD,
): Promise<oauth.TokenEndpointResponse> {
  const options = { ...OPTIONS, ...dpop };
  const response = await oauth.genericTokenEndpointRequest(as, client, auth, 'password', form, options);
  return oauth.processGenericTokenEndpointResponse(as, client, response);
}

async function refresh(
  { as, client, auth, dpop }: Party,
  token: string,
): Promise<oauth.TokenEndpointResponse> {
  const options = { ...OPTIONS, ...dpop };
  const response = await oauth.refreshTokenGrantRequest(as, client, auth, token, options);
  return oauth.processRefreshTokenResponse(as, client, response);
}

/** As the library wants it done: the first answer brings the nonce. */
async function withNonce<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return call();
  }
}

const bearing = (url: string, token: string) =>
  new Request(url, { headers: { Authorization: `Bearer ${token}` } });

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'succeeded';
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return error.error;
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      return `${error.status} ${error.cause[0]?.scheme} ${error.cause[0]?.parameters.error}`;
    throw error;
  }
}

const refreshTokenOf = ({ refresh_token: token }: oauth.TokenEndpointResponse): string => {
  if (token === undefined) throw new Error('there is no refresh token');
  return token;
};

describe('oauth4webapi', () => {
  test('discovers, signs in, validates, introspects, refreshes and revokes, whichever way it shows who it is', async () => {
    const server = await startServer();
    const as = await discover(server);
    const { id, secret } = server.client;
    const ways: [string, string, oauth.ClientAuth][] = [
      ['client_secret_basic', id, oauth.ClientSecretBasic(secret)],
      ['client_secret_post', id, oauth.ClientSecretPost(secret)],
      ['none', 'sallyport', oauth.None()],
    ];
    for (const [method, client_id, auth] of ways) {
      expect(as.token_endpoint_auth_methods_supported).toContain(method);
      const party = { as, client: { client_id }, auth };
      const first = await signIn(party);
      expect(first).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'profile:read' });
      const tokens = await refresh(party, refreshTokenOf(first));

      const request = bearing(`${server.issuer}/anything`, tokens.access_token);
      const claims = await oauth.validateJwtAccessToken(as, request, server.issuer, OPTIONS);
      expect(claims).toMatchObject({ client_id, scope: 'profile:read' });
      const userinfo = await oauth.userInfoRequest(as, party.client, tokens.access_token, OPTIONS);
      expect(await oauth.processUserInfoResponse(as, party.client, claims.sub, userinfo)).toMatchObject({
        email: PERSON.username,
      });

      const asking = { as, client: { client_id: id }, auth: oauth.ClientSecretBasic(secret) };
      expect(await introspect(asking, tokens.access_token)).toMatchObject({
        active: true,
        username: PERSON.username,
      });
      const revoked = await oauth.revocationRequest(as, party.client, auth, refreshTokenOf(tokens), OPTIONS);
      await oauth.processRevocationResponse(revoked);
      expect(await introspect(asking, tokens.access_token)).toEqual({ active: false });
      expect(await outcomeOf(refresh(party, refreshTokenOf(tokens)))).toBe('invalid_grant');
    }
  });

  test('reads every refusal as what it is', async () => {
    const server = await startServer();
    const as = await discover(server);
    const client = { client_id: server.client.id };
    const wrong = new URLSearchParams({ ...PERSON, password: 'wrong' });
    const unknown = new URLSearchParams({ ...PERSON, scope: 'admin' });
    const basic = oauth.ClientSecretBasic(server.client.secret);
    expect(await outcomeOf(signIn({ as, client, auth: basic }, wrong))).toBe('invalid_grant');
    expect(await outcomeOf(signIn({ as, client, auth: basic }, unknown))).toBe('invalid_scope');
    const post = oauth.ClientSecretPost('wrong');
    expect(await outcomeOf(signIn({ as, client, auth: post }))).toBe('invalid_client');
    // With the header the challenge comes first, which is what RFC 6749 §5.2 says.
    const challenged = outcomeOf(signIn({ as, client, auth: oauth.ClientSecretBasic('wrong') }));
    expect(await challenged).toMatch(/^401 basic/);
  });

  test('binds tokens to its key, and nobody else can use them', async () => {
    const server = await startServer();
    const as = await discover(server);
    const client = { client_id: 'sallyport' };
    const holder = async (): Promise<Party> => {
      const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
      return { as, client, auth: oauth.None(), dpop: { DPoP } };
    };
    const [owner, thief] = [await holder(), await holder()];
    const userinfo = new URL(`${server.issuer}/oauth/userinfo`);
    const read = (party: Party, token: string) =>
      oauth.protectedResourceRequest(token, 'GET', userinfo, undefined, undefined, {
        ...OPTIONS,
        ...party.dpop,
      });

    const tokens = await withNonce(() => signIn(owner));
    expect(tokens.token_type).toBe('dpop');
    expect((await withNonce(() => read(owner, tokens.access_token))).status).toBe(200);
    const me = new URL(`${server.issuer}/trpc/auth.me`);
    const options = { ...OPTIONS, ...owner.dpop };
    const ofTrpc = await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      me,
      undefined,
      undefined,
      options,
    );
    expect(ofTrpc.status).toBe(200);

    const stolen = withNonce(() => read(thief, tokens.access_token));
    expect(await outcomeOf(stolen)).toBe('401 dpop invalid_token');
    const borne = fetch(userinfo, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    expect((await borne).status).toBe(401);
    for (const other of [thief, { as, client, auth: oauth.None() }])
      expect(await outcomeOf(withNonce(() => refresh(other, refreshTokenOf(tokens))))).toBe('invalid_grant');
    expect((await refresh(owner, refreshTokenOf(tokens))).token_type).toBe('dpop');
  });
});

async function introspect({ as, client, auth }: Party, token: string): Promise<oauth.IntrospectionResponse> {
  const response = await oauth.introspectionRequest(as, client, auth, token, OPTIONS);
  return oauth.processIntrospectionResponse(as, client, response);
}
