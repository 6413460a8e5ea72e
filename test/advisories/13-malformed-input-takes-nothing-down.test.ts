import { beforeAll, expect, test } from 'vitest';
import { sharedServer } from '../support/listening.ts';
import { exchange } from '../support/raw-http.ts';
import { expectUnharmed } from '../support/unharmed.ts';

// next-auth CVE-2022-31093 (a malformed URL), tRPC CVE-2025-43855 (a malformed connection parameter): one request
// threw where nobody caught it, and the process was gone.

const server = sharedServer();
beforeAll(() => server().client().register());

const REQUESTS: [string, string][] = [
  ['a URL that cannot be decoded', 'GET /trpc/auth.me?input=%E0%A4%A HTTP/1.1\r\nHost: a'],
  ['a path that cannot be decoded', 'GET /trpc/%E0%A4%A HTTP/1.1\r\nHost: a'],
  ['a path with a stray percent sign', 'GET /trpc/%25 HTTP/1.1\r\nHost: a'],
  ['a NUL in the path', 'GET /assets/%00 HTTP/1.1\r\nHost: a'],
  ['a URL of another host', 'GET http://evil.example/trpc/auth.me HTTP/1.1\r\nHost: a'],
  ['connection parameters that are no JSON', 'GET /trpc/auth.me?connectionParams=%7B HTTP/1.1\r\nHost: a'],
  ['connection parameters of a wrong type', 'GET /trpc/auth.me?connectionParams=[1] HTTP/1.1\r\nHost: a'],
  ['a batch without paths', 'GET /trpc/,,,?batch=1&input=[] HTTP/1.1\r\nHost: a'],
  ['a batch whose input is no object', 'GET /trpc/auth.me?batch=1&input=null HTTP/1.1\r\nHost: a'],
  [
    'an authorization that is no text',
    'GET /trpc/auth.me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \xff\xfe',
  ],
  [
    'a cookie that cannot be decoded',
    'POST /trpc/auth.refresh HTTP/1.1\r\nHost: a\r\nCookie: sallyport_refresh=%E0%A4%A',
  ],
  ['an origin that is no URL', 'POST /trpc/auth.refresh HTTP/1.1\r\nHost: a\r\nOrigin: :::'],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00'],
];

test.each(REQUESTS)('%s is refused, and the next caller is served', async (_, head) => {
  const bytes = Buffer.from(`${head}\r\nConnection: close\r\n\r\n`, 'latin1');
  expect(await exchange(server().port, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
  await expectUnharmed(server());
});
