import { describe, expect, test } from 'vitest';
import { sharedServer, type Listening } from '../../support/listening.ts';
import { exchangeOne } from '../../support/raw-http.ts';

const plain = sharedServer();
const secure = sharedServer({ PUBLIC_URL: 'https://login.example.com' });

const API_POLICY = {
  'default-src': ["'none'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

const OF_DOCUMENTS = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];

const PAGE_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

function parsePolicy(header: string | null): Record<string, string[]> {
  const directives = (header ?? '').split(';').map((directive) => directive.trim().split(/\s+/));
  return Object.fromEntries(directives.map(([name = '', ...sources]) => [name, sources]));
}

type Answer = [string, number, (server: Listening) => Promise<Response>];

const pages: Answer[] = [
  ['the page', 200, ({ base }) => fetch(`${base}/`)],
  ['a deep link', 200, ({ base }) => fetch(`${base}/profile`)],
  ['an asset', 200, ({ base }) => fetch(`${base}/assets/app-abc123.js`)],
  ['a missing asset', 404, ({ base }) => fetch(`${base}/assets/none.js`)],
  ['the keys', 200, ({ base }) => fetch(`${base}/.well-known/jwks.json`)],
  ['the health', 200, ({ base }) => fetch(`${base}/healthz`)],
];

const calls: Answer[] = [
  ['an answer of the API', 200, async ({ client }) => client().mutate('auth.logout')],
  ['a refusal of the API', 401, async ({ client }) => client().query('auth.me')],
  ['an unknown procedure', 404, async ({ client }) => client().query('auth.none')],
  [
    'a forbidden origin',
    403,
    async ({ client }) => client().mutate('auth.logout', undefined, { Origin: 'null' }),
  ],
  ['an oversized body', 413, async ({ client }) => client().mutate('auth.login', 'a'.repeat(70_000))],
  ['a question about a token', 401, ({ base }) => fetch(`${base}/oauth/userinfo`)],
];

const answers = [
  ...pages.map((answer) => [...answer, PAGE_POLICY] as const),
  ...calls.map((answer) => [...answer, API_POLICY] as const),
];

describe.each(answers)('on %s', (_, status, ask, policy) => {
  test('the policy names what is needed, and nothing unsafe', async () => {
    const response = await ask(plain());
    expect(response.status).toBe(status);
    const header = response.headers.get('content-security-policy');
    expect(parsePolicy(header)).toEqual(policy);
    expect(header).not.toMatch(/unsafe|\*|https?:/);
  });

  test('the browser is told not to guess, frame, refer or share', async () => {
    const { headers } = await ask(plain());
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  });

  test('https is insisted on where it is used, and only there', async () => {
    expect((await ask(plain())).headers.get('strict-transport-security')).toBeNull();
    const { headers } = await ask(secure());
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
    expect(parsePolicy(headers.get('content-security-policy'))).toEqual({
      ...policy,
      'upgrade-insecure-requests': [],
    });
  });
});

test.each([
  ['an undecodable URL', 'GET /trpc/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  ['no HTTP at all', 'hello\r\n\r\n'],
])('%s is answered with a policy that allows nothing', async (_, request) => {
  const { port } = plain();
  const { headers } = await exchangeOne(port, request);
  expect(headers).toMatchObject({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-type': expect.stringMatching(/^application\/json/),
  });
});

test.each(calls)(
  '%s is not kept, and has no header that only a page has a use for',
  async (_, status, ask) => {
    const { headers, status: answered } = await ask(plain());
    expect([answered, headers.get('cache-control')]).toEqual([status, 'no-store']);
    expect([...headers.keys()].filter((name) => OF_DOCUMENTS.includes(name))).toEqual([]);
  },
);

test.each(pages)('%s has what helmet says of documents', async (_, _status, ask) => {
  const { headers } = await ask(plain());
  expect([...headers.keys()].filter((name) => OF_DOCUMENTS.includes(name))).toEqual(OF_DOCUMENTS);
});

test.each(['/%74rpc/auth.me', 'http://localhost/trpc/auth.me'])(
  'a call is one however its address is written: %s',
  async (target) => {
    const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const { headers } = await exchangeOne(plain().port, request);
    expect(headers['cache-control']).toBe('no-store');
    expect(parsePolicy(headers['content-security-policy'] ?? null)).toEqual(API_POLICY);
  },
);

test.each(['auth.me', 'auth.none', 'auth.me?batch=1'])('nothing of /trpc/%s is cached', async (path) => {
  const { client } = plain();
  expect((await client().query(path)).headers.get('cache-control')).toBe('no-store');
});

test('the request id is the server’s own, and the same in header and body', async () => {
  const { client } = plain();
  const response = await client().query('auth.me', { 'X-Request-Id': 'forged', 'Request-Id': 'forged' });
  const id = response.headers.get('x-request-id') ?? '';
  expect(id).not.toBe('forged');
  expect(await response.text()).toContain(`"requestId":"${id}"`);
});
