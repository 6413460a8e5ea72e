import { expect, test } from 'vitest';
import { listen, sharedServer } from '../../support/listening.ts';

// RFC 8414.

const PATH = '/.well-known/oauth-authorization-server';
const server = sharedServer();

test('the document says where everything is and what is offered', async () => {
  const response = await fetch(`${server().base}${PATH}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await response.json()).toMatchObject({
    issuer: 'http://localhost:3000',
    token_endpoint: 'http://localhost:3000/oauth/token',
    revocation_endpoint: 'http://localhost:3000/oauth/revoke',
    introspection_endpoint: 'http://localhost:3000/oauth/introspect',
    userinfo_endpoint: 'http://localhost:3000/oauth/userinfo',
    jwks_uri: 'http://localhost:3000/.well-known/jwks.json',
    scopes_supported: ['profile:read', 'profile:write'],
    response_types_supported: ['none'],
    grant_types_supported: ['password', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  });
});

test('every address in it is answered here, and by nobody else', async () => {
  // Boundary: what is read of it is checked for being text right below.
  const document = (await (await fetch(`${server().base}${PATH}`)).json()) as Record<string, unknown>;
  const addresses = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
  expect(addresses).toHaveLength(5);
  for (const [name, address] of addresses) {
    const { origin, pathname } = new URL(String(address));
    expect(origin, name).toBe('http://localhost:3000');
    expect((await fetch(`${server().base}${pathname}`)).status, name).not.toBe(404);
  }
});

test('names the origin that people see, whatever the call says of itself', async () => {
  const behind = await listen({ PUBLIC_URL: 'https://login.example.com', TRUST_PROXY: '127.0.0.1' });
  const headers = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http', Host: 'evil.example' };
  const text = await (await fetch(`${behind.base}${PATH}`, { headers })).text();
  expect(JSON.parse(text)).toMatchObject({
    issuer: 'https://login.example.com',
    token_endpoint: 'https://login.example.com/oauth/token',
  });
  expect(text).not.toContain('evil.example');
});
