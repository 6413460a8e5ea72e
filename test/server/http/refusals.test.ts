import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { MINUTE } from '../../support/clock.ts';
import { listen, sharedServer } from '../../support/listening.ts';

const server = sharedServer();
const json = { 'Content-Type': 'application/json' };

describe('every refusal is the same envelope with a reason', () => {
  test.each([
    ['an unknown procedure', 'auth.none', { method: 'POST', body: '{}', headers: json }, 404, 'not_found'],
    ['an unknown router', 'none.none', {}, 404, 'not_found'],
    ['a router', 'auth', {}, 404, 'not_found'],
    ['no procedure', '', {}, 404, 'not_found'],
    ['a path below a procedure', 'auth.me/x', {}, 404, 'not_found'],
    ['a member of every object', 'constructor', {}, 404, 'not_found'],
    ['a member of every object, below a router', 'auth.__proto__', {}, 404, 'not_found'],
    ['a percent sign that is one', '%25', {}, 404, 'not_found'],
    ['a mutation by GET', 'auth.login', {}, 405, 'validation'],
    ['a query by POST', 'auth.me', { method: 'POST', body: '{}', headers: json }, 405, 'validation'],
    ['PUT', 'auth.login', { method: 'PUT', body: '{}', headers: json }, 405, 'validation'],
    ['PATCH', 'auth.login', { method: 'PATCH', body: '{}', headers: json }, 405, 'validation'],
    ['DELETE', 'auth.logout', { method: 'DELETE' }, 405, 'validation'],
    ['malformed JSON', 'auth.login', { method: 'POST', body: '{"email":', headers: json }, 400, 'validation'],
    ['JSON with a tail', 'auth.login', { method: 'POST', body: '{} {}', headers: json }, 400, 'validation'],
    ['no body', 'auth.login', { method: 'POST', headers: json }, 400, 'validation'],
    ['null', 'auth.login', { method: 'POST', body: 'null', headers: json }, 400, 'validation'],
    ['an array', 'auth.login', { method: 'POST', body: '[]', headers: json }, 400, 'validation'],
    [
      'wrong types',
      'auth.login',
      { method: 'POST', body: '{"email":1,"password":[]}', headers: json },
      400,
      'validation',
    ],
    ['connection parameters that are no JSON', 'auth.me?connectionParams=x', {}, 400, 'validation'],
    [
      'a stream that could not carry a cookie',
      'auth.logout?batch=1',
      { method: 'POST', body: '{}', headers: { ...json, 'trpc-accept': 'application/jsonl' } },
      406,
      'validation',
    ],
  ] satisfies [string, string, RequestInit, number, string][])(
    '%s',
    async (_, path, init, httpStatus, reason) => {
      const { base } = server();
      const response = await fetch(`${base}/trpc/${path}`, init);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await refusalOf(response)).toMatchObject({ reason, httpStatus });
    },
  );

  test.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'text/plain',
    'text/plain; application/json',
    'application/jsonp',
    'application/json-patch+json',
    'application/xml',
    'json',
    '*/*',
  ])('the content type %s', async (type) => {
    const { base } = server();
    const body = JSON.stringify({ email: 'ada@example.com', password: 'a lantern for the long night' });
    for (const path of ['auth.login', 'auth.login?batch=1', 'auth.logout']) {
      const response = await fetch(`${base}/trpc/${path}`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': type },
      });
      expect(await refusalOf(response), path).toMatchObject({ reason: 'validation', httpStatus: 415 });
    }
  });

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="utf-8"',
  ])('but not the content type %s', async (type) => {
    const { client } = server();
    const credentials = { email: 'nobody@example.com', password: 'a lantern for the long night' };
    const response = await client().mutate('auth.login', credentials, { 'Content-Type': type });
    expect(await refusalOf(response)).toMatchObject({ reason: 'invalid_credentials' });
  });

  test('and names the fields at fault without repeating what was in them', async () => {
    const { client } = server();
    const input = { email: 'no address at all', password: 'hunter2-hunter2-hunter2'.repeat(50) };
    const response = await client().mutate('auth.register', input);
    const text = await response.clone().text();
    expect((await refusalOf(response)).issues?.map(({ path }) => path)).toEqual([['email'], ['password']]);
    expect(text).not.toMatch(/no address at all|hunter2/);
  });
});

describe('a 401 says how to authenticate (RFC 6750 §3)', () => {
  const INVALID = 'Bearer error="invalid_token"';
  test.each([
    ['without a token', undefined, 'token_missing', 'Bearer realm="Sallyport"'],
    ['with another scheme', 'Basic YWRhOmFkYQ==', 'token_missing', 'Bearer realm="Sallyport"'],
    ['with an empty token', 'Bearer', 'token_invalid', INVALID],
    ['with a token that is none', 'Bearer nonsense', 'token_invalid', INVALID],
    ['with two tokens', 'Bearer a.b.c, Bearer d.e.f', 'token_invalid', INVALID],
    ['with a megabyte of dots', `Bearer ${'.'.repeat(8000)}`, 'token_invalid', INVALID],
  ])('%s', async (_, authorization, reason, challenge) => {
    const { client } = server();
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const response = await client().query('auth.me', headers);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(await refusalOf(response)).toMatchObject({ reason, httpStatus: 401 });
  });

  test('with an expired token, and with one whose session has ended', async () => {
    const { client, clock } = await listen();
    const [ada, other] = [client(), client()];
    await ada.register();
    await other.signIn();
    other.cookie = undefined;
    await other.mutate('auth.logout');
    const ended = await other.query('auth.me');
    clock.advance(15 * MINUTE);
    const expired = await ada.query('auth.me');
    expect([ended, expired].map(({ headers }) => headers.get('www-authenticate'))).toEqual([
      INVALID,
      INVALID,
    ]);
    expect(await refusalOf(ended)).toMatchObject({ reason: 'session_revoked' });
    expect(await refusalOf(expired)).toMatchObject({ reason: 'token_expired' });
  });

  test('but the wrong password is no challenge', async () => {
    const { client } = server();
    const credentials = { email: 'ada@example.com', password: 'not a lantern at all' };
    const response = await client().mutate('auth.login', credentials);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, null]);
  });

  test('and a token without the scope is told which error it is', async () => {
    const { client } = server();
    const ada = client();
    await ada.register();
    const credentials = {
      email: 'ada@example.com',
      password: 'a lantern for the long night',
      scope: 'profile:read',
    };
    const signedIn = await ada.mutate('auth.login', credentials);
    const token = /"accessToken":"([^"]+)"/.exec(await signedIn.text())?.[1];
    const response = await client().mutate(
      'account.updateProfile',
      { name: 'A' },
      { Authorization: `Bearer ${token}` },
    );
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="profile:write"',
    );
    expect(await refusalOf(response)).toMatchObject({ reason: 'insufficient_scope', httpStatus: 403 });
  });
});
