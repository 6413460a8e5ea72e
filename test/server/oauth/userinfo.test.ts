import { beforeAll, describe, expect, test } from 'vitest';
import { disableAccount } from '../../../server/flows/switch-account.ts';
import { userinfoSchema } from '../../../shared/oauth.ts';
import { MINUTE } from '../../support/clock.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  bearer,
  post,
  readVerdict,
  signInThrough,
  userinfoVerdict,
} from '../../support/oauth.ts';
import { exchangeOne } from '../../support/raw-http.ts';

// RFC 6750 §2 and §3.

const server = sharedServer();
let token = '';

beforeAll(async () => {
  await server().client().register();
  token = (await signInThrough(server(), undefined)).accessToken;
});

/** A call with exactly these lines of header. */
async function call(lines: string[], { method = 'GET', query = '' } = {}) {
  const head = [
    `${method} /oauth/userinfo${query} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    ...lines,
  ];
  const { status, headers, body } = await exchangeOne(server().port, `${head.join('\r\n')}\r\n\r\n`);
  return { status, headers: new Headers(headers), body, challenge: headers['www-authenticate'] };
}

test('a person’s own claims, as they are now', async () => {
  const own = await listen();
  const { user } = await own.client().register();
  const { accessToken } = await signInThrough(own, undefined);
  const read = async () => {
    const response = await fetch(`${own.base}/oauth/userinfo`, { headers: bearer(accessToken) });
    const body = await response.text();
    expect(readVerdict(response, body)).toBe('200');
    return JSON.parse(body) as unknown;
  };
  const claims = {
    sub: user.id,
    email: 'ada@example.com',
    email_verified: false,
    name: '',
    updated_at: Math.floor(own.clock.now() / 1000),
  };
  expect(await read()).toEqual(claims);
  own.clock.advance(MINUTE);
  const browser = own.client();
  await browser.signIn();
  await browser.mutate('account.updateProfile', { name: 'Ada' });
  const renamed = await read();
  expect(renamed).toEqual({ ...claims, name: 'Ada', updated_at: claims.updated_at + 60 });
  userinfoSchema.parse(renamed);
});

describe('without a token nothing is said of errors', () => {
  test.each([
    ['nothing at all', () => [], ''],
    [
      'Basic, which is no token',
      () => [`Authorization: ${basicOf({ id: 'sallyport', secret: '' })['Authorization']}`],
      '',
    ],
    ['another scheme', () => ['Authorization: Negotiate x'], ''],
    ['a token and no scheme', () => [`Authorization: ${token}`], ''],
    ['a scheme that begins like ours', () => [`Authorization: Bearer2 ${token}`], ''],
    ['a token in the URL, where it would stay in logs', () => [], `?access_token=TOKEN`],
    ['a token in a cookie', () => [`Cookie: access_token=${token}`], ''],
    ['an empty header', () => ['Authorization:'], ''],
  ] satisfies [string, () => string[], string][])('%s', async (_, lines, query) => {
    const answer = await call(lines(), { query: query.replace('TOKEN', token) });
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="Sallyport"', body: '{}' });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('nor is a token in a form looked for', async () => {
    const response = await post(server(), 'userinfo', { form: { access_token: token } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('a token that is worth nothing', () => {
  test.each([
    ['garbage', () => 'Bearer garbage'],
    ['nothing behind the scheme', () => 'Bearer'],
    ['a space in the middle', () => `Bearer ${token.slice(0, 20)} ${token.slice(20)}`],
    ['padding behind it', () => `Bearer ${token}=`],
    ['a second token behind it', () => `Bearer ${token}, Bearer ${token}`],
    ['quotes around it', () => `Bearer "${token}"`],
    ['a letter too many', () => `Bearer ${token}A`],
  ])('%s: invalid_token', async (_, authorization) => {
    const answer = await call([`Authorization: ${authorization()}`]);
    expect(readVerdict(answer, answer.body)).toBe('401 invalid_token');
    expect(answer.challenge).toBe('Bearer error="invalid_token"');
  });

  test('a refresh token is no access token', async () => {
    const { refreshToken } = await signInThrough(server(), undefined);
    expect(await userinfoVerdict(server(), refreshToken)).toBe('401 invalid_token');
  });

  test('expired, revoked, disabled and deleted look alike', async () => {
    const worthless = await Promise.all(
      [
        async ({ clock }: Awaited<ReturnType<typeof listen>>) => clock.advance(15 * MINUTE),
        async (own: Awaited<ReturnType<typeof listen>>, accessToken: string) =>
          post(own, 'revoke', { form: { token: accessToken } }),
        async ({ app }: Awaited<ReturnType<typeof listen>>) =>
          disableAccount(app.deps, { email: 'ada@example.com', origin: { ip: '', userAgent: '' } }),
        async ({ app }: Awaited<ReturnType<typeof listen>>) =>
          app.deps.db.updateTable('accounts').set({ disabled_at: 1 }).execute(),
        async ({ app }: Awaited<ReturnType<typeof listen>>) => app.deps.db.deleteFrom('accounts').execute(),
      ].map(async (end) => {
        const own = await listen();
        await own.client().register();
        const { accessToken } = await signInThrough(own, undefined);
        expect(await userinfoVerdict(own, accessToken)).toBe('200');
        await end(own, accessToken);
        const response = await fetch(`${own.base}/oauth/userinfo`, { headers: bearer(accessToken) });
        const body = await response.text();
        expect(readVerdict(response, body)).toBe('401 invalid_token');
        return { challenge: response.headers.get('www-authenticate'), body };
      }),
    );
    for (const answer of worthless) expect(answer).toEqual(worthless[0]);
    expect(worthless[0]).toMatchObject({ challenge: 'Bearer error="invalid_token"' });
  });
});

test('a token without the scope is told which it lacks', async () => {
  const { accessToken } = await signInThrough(server(), undefined, { scope: 'profile:write' });
  const response = await fetch(`${server().base}/oauth/userinfo`, { headers: bearer(accessToken) });
  expect(response.headers.get('www-authenticate')).toBe(
    'Bearer error="insufficient_scope", scope="profile:read"',
  );
  expect(readVerdict(response, await response.text())).toBe('403 insufficient_scope');
});

describe('two ways at once may name two people, and are refused', () => {
  test.each([
    ['two headers', () => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`], ''],
    [
      'two headers, the first of another scheme',
      () => ['Authorization: Basic eDo=', `Authorization: Bearer ${token}`],
      '',
    ],
    [
      'two headers in other letters',
      () => [`Authorization: Bearer ${token}`, `AUTHORIZATION: Bearer ${token}`],
      '',
    ],
    ['header and URL', () => [`Authorization: Bearer ${token}`], '?access_token=TOKEN'],
    ['header and an empty one in the URL', () => [`Authorization: Bearer ${token}`], '?access_token='],
    ['header and URL, spelled with an escape', () => [`Authorization: Bearer ${token}`], '?access%5Ftoken=x'],
    ['header and the end of a URL', () => [`Authorization: Bearer ${token}`], '?a=b&access_token=x'],
  ] satisfies [string, () => string[], string][])('%s', async (_, lines, query) => {
    const answer = await call(lines(), { query: query.replace('TOKEN', token) });
    expect(readVerdict(answer, answer.body)).toBe('400 invalid_request');
    expect(answer.challenge).toBe('Bearer error="invalid_request"');
  });
});

test('any client’s token reads them, and the scheme may be in other letters', async () => {
  const { accessToken } = await signInThrough(server(), await addClient(server()), { scope: 'profile:read' });
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer ']) {
    const answer = await call([`Authorization: ${scheme} ${accessToken}`]);
    expect(readVerdict(answer, answer.body), scheme).toBe('200');
  }
});

test('HEAD is answered like GET, without the claims', async () => {
  const answer = await call([`Authorization: Bearer ${token}`], { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, body: '' });
});
