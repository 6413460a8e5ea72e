import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { insertSettings } from '../../../server/http/pages.ts';
import { CLIENT_SETTINGS_META } from '../../../shared/client-settings.ts';
import { readRefusal, refusalOf } from '../../support/answers.ts';
import { PAGE_TITLE, SCRIPT } from '../../support/client-folder.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import { exchangeOne } from '../../support/raw-http.ts';

const server = sharedServer();

const NAVIGATION = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the page', () => {
  test.each([
    ['/', NAVIGATION],
    ['/', '*/*'],
    ['/profile', '*/*'],
    ['/sign-in?next=%2Fprofile', NAVIGATION],
    ['/a/deep/link', NAVIGATION],
    ['/people/j.doe', NAVIGATION],
    ['/trpcs', NAVIGATION],
    ['/index.html', NAVIGATION],
    ['/%00', NAVIGATION],
  ])('is served at %s to whoever accepts %s', async (path, Accept) => {
    const { base } = server();
    const response = await fetch(`${base}${path}`, { headers: { Accept } });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toContain(PAGE_TITLE);
  });

  test.each([
    ['/trpc', NAVIGATION],
    ['/trpc/auth/me', NAVIGATION],
    ['/trpc/none', NAVIGATION],
    ['/.well-known/security.txt', NAVIGATION],
    ['/.well-known/openid-configuration', NAVIGATION],
    ['/assets/none.js', NAVIGATION],
    ['/assets/', NAVIGATION],
    ['/assets/app-abc123.js.br', NAVIGATION],
    ['/healthz/none', NAVIGATION],
    ['/logo.png', 'image/avif,image/webp,*/*;q=0.8'],
    ['/profile', 'application/json'],
  ])('is never the answer to %s from one who accepts %s', async (path, Accept) => {
    const { base } = server();
    expect(await refusalOf(await fetch(`${base}${path}`, { headers: { Accept } }))).toMatchObject({
      reason: 'not_found',
      httpStatus: 404,
    });
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('is not the answer to %s', async (method) => {
    const { base } = server();
    expect(await refusalOf(await fetch(`${base}/profile`, { method }))).toMatchObject({
      reason: 'not_found',
    });
  });

  test('answers HEAD like GET, without the page', async () => {
    const { base } = server();
    const [get, head] = [await fetch(`${base}/`), await fetch(`${base}/`, { method: 'HEAD' })];
    const shown = ({ status, headers }: Response) => [
      status,
      ...['content-type', 'content-length', 'etag', 'cache-control'].map((name) => headers.get(name)),
    ];
    expect(shown(head)).toEqual(shown(get));
    expect(await head.text()).toBe('');
  });

  test('is not sent again to one who has it', async () => {
    const { base } = server();
    const etag = (await fetch(`${base}/`)).headers.get('etag') ?? '';
    const again = await fetch(`${base}/profile`, { headers: { 'If-None-Match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await fetch(`${base}/`, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });

  test('carries the settings', async () => {
    const { base } = await listen({ PASSWORD_MIN_LENGTH: '12' });
    expect(await (await fetch(`${base}/`)).text()).toContain(
      '<meta name="sallyport-settings" content="{&quot;passwordMinLength&quot;:12,&quot;mail&quot;:&quot;local&quot;}" />',
    );
  });

  test('carries settings that cannot leave their attribute', () => {
    const settings = { passwordMinLength: 15, mail: 'off' as const, name: `"><script>&'$&$1` };
    const html = insertSettings(`<head><!--${CLIENT_SETTINGS_META}--></head>`, settings);
    const content = /content="([^"]*)" \/><\/head>$/.exec(html)?.[1] ?? '';
    expect(JSON.parse(content.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))).toEqual(settings);
  });
});

describe('a hashed asset', () => {
  const IMMUTABLE = 'public, max-age=31536000, immutable';
  test.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
    ['br;q=0, gzip;q=0', undefined, (bytes: Buffer) => bytes],
  ])('accepting %s comes as %s', async (accepted, encoding, decode) => {
    const { port } = server();
    const head = `GET /assets/app-abc123.js HTTP/1.1\r\nHost: localhost\r\nConnection: close`;
    const { status, headers, body } = await exchangeOne(
      port,
      `${head}\r\nAccept-Encoding: ${accepted}\r\n\r\n`,
    );
    expect(status).toBe(200);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['vary']?.toLowerCase()).toContain('accept-encoding');
    expect(headers['cache-control']).toBe(IMMUTABLE);
    expect(headers['content-type']).toMatch(/javascript/);
    expect(decode(Buffer.from(body, 'latin1')).toString()).toBe(SCRIPT);
  });

  test('has an ETag of its own for each encoding, and is not sent again to one who has it', async () => {
    const { port } = server();
    // Node's fetch would add `Cache-Control: no-cache` to a conditional request.
    const ask = (encoding: string, etag = '"none"') => {
      const head = 'GET /assets/app-abc123.js HTTP/1.1\r\nHost: localhost\r\nConnection: close';
      return exchangeOne(port, `${head}\r\nAccept-Encoding: ${encoding}\r\nIf-None-Match: ${etag}\r\n\r\n`);
    };
    const plain = (await ask('identity')).headers['etag'];
    const packed = (await ask('br')).headers['etag'];
    expect(plain).not.toBe(packed);
    expect(await ask('br', packed)).toMatchObject({ status: 304, body: '' });
    expect(await ask('br', plain)).toMatchObject({ status: 200 });
  });

  test('answers HEAD', async () => {
    const { base } = server();
    const response = await fetch(`${base}/assets/app-abc123.js`, { method: 'HEAD' });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, IMMUTABLE]);
  });

  test('is told from a file that keeps its name, wherever the project lies', async () => {
    const { base } = server();
    const response = await fetch(`${base}/favicon.svg`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600']);
    expect(response.headers.get('content-type')).toBe('image/svg+xml');
  });
});

test.each([
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/../../../../etc/passwd',
  '/..\\..\\auth-secret',
  '/assets/..%2f..%2f..%2fauth-secret',
  '/assets/../../../auth-secret',
  '/assets/%2e%2e%2findex.html',
  '/assets/..%5c..%5cindex.html',
  '/assets/app-abc123.js%00.html',
  '/assets/app-abc123.js/',
  '//etc/passwd',
  '//evil.example/%2e%2e',
  '/.env',
  '/assets//app-abc123.js',
])('%s gives the page or a refusal, never a file', async (path) => {
  const { port } = server();
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\n\r\n`;
  const { status, headers, body } = await exchangeOne(port, head);
  expect(headers['location']).toBeUndefined();
  if (status === 200) expect(body).toContain(PAGE_TITLE);
  else
    expect(readRefusal(status, body)).toMatchObject({
      reason: expect.stringMatching(/^(not_found|validation)$/),
    });
});
