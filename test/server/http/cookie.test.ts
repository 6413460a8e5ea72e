import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { listen } from '../../support/listening.ts';
import { exchangeOne } from '../../support/raw-http.ts';

const SITES = [
  [
    'http:',
    'http://localhost:3000',
    'sallyport_refresh',
    ['Max-Age=1209600', 'Path=/', 'HttpOnly', 'SameSite=Strict'],
  ],
  [
    'https:',
    'https://login.example.com',
    '__Host-sallyport_refresh',
    ['Max-Age=1209600', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'],
  ],
] as const;

describe.each(SITES)('the refresh cookie on %s', (_, PUBLIC_URL, name, attributes) => {
  test('has exactly these attributes, and no Domain', async () => {
    const { client } = await listen({ PUBLIC_URL });
    await client().register();
    const response = await client().mutate('auth.login', {
      email: 'ada@example.com',
      password: 'a lantern for the long night',
    });
    const [line = '', device = '', ...others] = response.headers.getSetCookie();
    const [pair, ...given] = line.split('; ');
    expect(others).toEqual([]);
    // The device's own cookie has the same protection, and the longest life that browsers allow.
    expect(device).toMatch(
      new RegExp(`^${name.replace('refresh', 'device')}=[\\w-]{43}; Max-Age=34560000; `),
    );
    for (const attribute of attributes.slice(1)) expect(device).toContain(attribute);
    expect(pair).toMatch(new RegExp(`^${name}=spr_[\\w-]{71}$`));
    expect(given.toSorted()).toEqual([...attributes].toSorted());
  });

  test('is cleared under the same name, path and security when signing out', async () => {
    const { client } = await listen({ PUBLIC_URL });
    const ada = client();
    await ada.register();
    const [line = ''] = (await ada.mutate('auth.logout')).headers.getSetCookie();
    const [pair, ...given] = line.split('; ');
    expect(pair).toBe(`${name}=`);
    expect(given).toEqual(expect.arrayContaining(attributes.filter((text) => !text.startsWith('Max-Age'))));
    expect(given).toContain('Max-Age=0');
  });

  test('counts for nothing when its name stands twice, whichever comes first', async () => {
    const { client, port } = await listen({ PUBLIC_URL });
    const ada = client();
    await ada.register();
    const planted = `${name}=planted`;
    const headers = [
      `Cookie: ${ada.cookie}; ${planted}`,
      `Cookie: ${planted}; ${ada.cookie}`,
      `Cookie: ${ada.cookie}; ${ada.cookie}`,
      `Cookie: ${ada.cookie}\r\nCookie: ${planted}`,
    ];
    for (const header of headers) {
      const request = `POST /trpc/auth.refresh HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${header}\r\n\r\n`;
      const { status, body } = await exchangeOne(port, request);
      expect([status, body], header).toEqual([401, expect.stringContaining('"reason":"token_invalid"')]);
    }
    expect((await ada.mutate('auth.refresh')).status).toBe(200);
  });

  test('is found among others, also those whose names begin or end alike', async () => {
    const { client } = await listen({ PUBLIC_URL });
    const ada = client();
    await ada.register();
    const Cookie = `theme=dark; x${name}=a; ${name}x=b; broken; =; ${ada.cookie}; other="q;u"`;
    expect((await ada.mutate('auth.refresh', undefined, { Cookie })).status).toBe(200);
  });
});

test('on https: the name that any subdomain could set is not read', async () => {
  const { client } = await listen({ PUBLIC_URL: 'https://login.example.com' });
  const ada = client();
  await ada.register();
  const Cookie = (ada.cookie ?? '').replace('__Host-', '');
  expect(await refusalOf(await ada.mutate('auth.refresh', undefined, { Cookie }))).toMatchObject({
    reason: 'token_missing',
  });
});

test('a refused call leaves the cookie alone: it may have lost a race with a sign-in (keycloak#14122)', async () => {
  const { client } = await listen();
  const ada = client();
  await ada.register();
  const old = ada.cookie;
  await ada.mutate('auth.logout');
  ada.cookie = old;
  const response = await ada.mutate('auth.refresh');
  expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
});
