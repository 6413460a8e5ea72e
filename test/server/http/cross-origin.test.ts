import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';

const OWN = 'http://localhost:3000';
const FRIEND = 'https://app.example.com';
const EVIL = 'https://evil.example';

const server = sharedServer({ ALLOWED_ORIGINS: FRIEND });
const closed = sharedServer();
let people = 0;

/** An account of its own for each test. */
function newAddress(): string {
  people += 1;
  return `person-${people}@example.com`;
}

describe('a call that changes something', () => {
  test.each([
    ['from the page itself', { 'Sec-Fetch-Site': 'same-origin', Origin: OWN }, 200],
    ['from the page itself in an old browser', { Origin: OWN }, 200],
    ['from a tool', {}, 200],
    ['from an allowed origin', { 'Sec-Fetch-Site': 'cross-site', Origin: FRIEND }, 200],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site', Origin: EVIL }, 403],
    ['from another site in an old browser', { Origin: EVIL }, 403],
    ['from a form on a sibling subdomain', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['from a sandboxed frame', { Origin: 'null' }, 403],
    ['that names the host of an allowed origin without TLS', { Origin: 'http://app.example.com' }, 403],
    ['that extends an allowed origin', { Origin: `${FRIEND}.evil.example` }, 403],
  ] satisfies [string, Record<string, string>, number][])('%s: %o → %i', async (_, headers, status) => {
    const { client } = server();
    const ada = client();
    await ada.register(newAddress());
    const response = await ada.mutate('auth.logout', undefined, headers);
    expect(response.status).toBe(status);
    expect((await ada.query('auth.me')).status).toBe(status === 403 ? 200 : 401);
    if (status === 403) expect(await refusalOf(response)).toMatchObject({ reason: 'forbidden_origin' });
  });

  const inputs: Record<string, unknown> = {
    'auth.register': { email: 'eve@example.com', password: 'a lantern for the long night' },
    'auth.login': { email: 'ada@example.com', password: 'a lantern for the long night' },
    'auth.refresh': undefined,
    'auth.logout': undefined,
    'account.updateProfile': { name: 'Eve' },
  };
  test.each(Object.entries(inputs))(
    '%s cannot be reached by GET, which no origin check covers',
    async (path, input) => {
      const { client, base } = server();
      const ada = client();
      await ada.register(newAddress());
      const before = await (await ada.query('auth.me')).text();
      const json = input === undefined ? '' : encodeURIComponent(JSON.stringify(input));
      const batch = encodeURIComponent(JSON.stringify({ 0: input }));
      for (const query of [`?input=${json}`, `?batch=1&input=${batch}`, `?_method=POST&input=${json}`]) {
        for (const method of ['GET', 'HEAD']) {
          const headers = {
            Cookie: ada.cookie ?? '',
            'X-HTTP-Method-Override': 'POST',
            'Sec-Fetch-Site': 'cross-site',
          };
          const response = await fetch(`${base}/trpc/${path}${query}`, { method, headers });
          expect([response.status, response.headers.getSetCookie()]).toEqual([
            method === 'GET' ? 405 : 204,
            [],
          ]);
        }
      }
      expect(await (await ada.query('auth.me')).text()).toBe(before);
      expect((await ada.mutate('auth.refresh')).status).toBe(200);
      const eve = await ada.mutate('auth.login', {
        email: 'eve@example.com',
        password: 'a lantern for the long night',
      });
      expect(eve.status).toBe(401);
    },
  );
});

describe('CORS', () => {
  const preflight = {
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type',
  };

  test('tells an allowed origin what it may do, with credentials', async () => {
    const { base, client } = server();
    const asked = await fetch(`${base}/trpc/auth.login`, {
      method: 'OPTIONS',
      headers: { Origin: FRIEND, ...preflight },
    });
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': FRIEND,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Authorization, Content-Type, DPoP',
      'access-control-max-age': '600',
      vary: expect.stringContaining('Origin'),
    });
    const called = await client().query('auth.me', { Origin: FRIEND });
    expect(called.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(called.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  test.each([EVIL, 'null', 'http://app.example.com', `${FRIEND}.evil.example`, OWN])(
    'tells %s nothing',
    async (Origin) => {
      const { base, client } = server();
      const asked = await fetch(`${base}/trpc/auth.login`, {
        method: 'OPTIONS',
        headers: { Origin, ...preflight },
      });
      const called = await client().query('auth.me', { Origin });
      expect([asked.status, called.status]).toEqual([204, 401]);
      for (const { headers } of [asked, called]) {
        expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(headers.get('vary')).toContain('Origin');
      }
    },
  );

  test('says to a call that names no origin only that others may be answered otherwise', async () => {
    const { headers } = await server().client().query('auth.me');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers.get('vary')).toContain('Origin');
  });

  test('answers an OPTIONS that is no preflight, and grants nothing by it', async () => {
    const { base } = server();
    for (const path of ['/trpc/auth.login', '/', '/none']) {
      const response = await fetch(`${base}${path}`, { method: 'OPTIONS' });
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('is off when nobody is allowed', async () => {
    const { client } = closed();
    expect(
      (await client().query('auth.me', { Origin: EVIL })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});
