import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { readRefusal } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';
import { exchange, exchangeOne } from '../../support/raw-http.ts';
import { expectUnharmed } from '../../support/unharmed.ts';

const server = sharedServer();
const END = 'Host: localhost\r\nConnection: close\r\n\r\n';
const post = (headers: string) => `POST /trpc/auth.login HTTP/1.1\r\n${headers}\r\n${END}`;

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['an unknown version', `GET / HTTP/9.9\r\n${END}`, 400],
  ['an unknown method', `FETCH / HTTP/1.1\r\n${END}`, 400],
  ['PROPFIND', `PROPFIND /trpc/auth.me HTTP/1.1\r\n${END}`, 404],
  ['TRACE', `TRACE /trpc/auth.me HTTP/1.1\r\n${END}`, 405],
  ['TRACE of a page', `TRACE / HTTP/1.1\r\n${END}`, 404],
  ['a bare line feed in a header', `GET / HTTP/1.1\r\nX: a\nInjected: b\r\n${END}`, 400],
  ['a NUL in a header', `GET / HTTP/1.1\r\nX: a\0b\r\n${END}`, 400],
  ['a header without a colon', `GET / HTTP/1.1\r\nnonsense\r\n${END}`, 400],
  ['white space before a colon', `GET / HTTP/1.1\r\nX : a\r\n${END}`, 400],
  ['headers of 20 KB', `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n${END}`, 431],
  ['headers of 20 KB in small pieces', `GET / HTTP/1.1\r\n${'X-Name: value\r\n'.repeat(1_600)}${END}`, 431],
  ['a URL of 20 KB', `GET /trpc/auth.me?input=${'a'.repeat(20_000)} HTTP/1.1\r\n${END}`, 431],
  ['a procedure of 3 KB', `GET /trpc/${'a'.repeat(3_000)} HTTP/1.1\r\n${END}`, 400],
  ['bad percent-encoding', `GET /trpc/%zz HTTP/1.1\r\n${END}`, 400],
  ['percent-encoded bytes that are no UTF-8', `GET /trpc/%ff%fe HTTP/1.1\r\n${END}`, 400],
  ['bad percent-encoding of a page', `GET /profile/%e0%a4 HTTP/1.1\r\n${END}`, 400],
  ['an absolute URL that is none', `GET http://[/trpc/auth.me HTTP/1.1\r\n${END}`, 400],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 3'), 400],
  ['a length that is no number', post('Content-Length: two'), 400],
  ['a negative length', post('Content-Length: -1'), 400],
  ['a length and chunks: request smuggling', post('Content-Length: 5\r\nTransfer-Encoding: chunked'), 400],
  ['chunks hidden from some', post('Transfer-Encoding: chunked, identity'), 400],
  [
    'a chunk without a size',
    `${post('Content-Type: application/json\r\nTransfer-Encoding: chunked')}zz\r\n`,
    400,
  ],
  ['a bad Host', 'GET /trpc/auth.me HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n', 401],
  ['a Host with a path', 'GET /trpc/auth.me HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n', 401],
  ['an absolute URL of another host', `GET http://evil.example/trpc/auth.me HTTP/1.1\r\n${END}`, 401],
  ['HTTP/1.0 without a Host', 'GET /trpc/auth.me HTTP/1.0\r\n\r\n', 401],
  ['an unreadable query', `GET /trpc/auth.me?input=%zz&%=%&&&=a HTTP/1.1\r\n${END}`, 400],
])('%s is refused with a reason', async (_, request, status) => {
  const answer = await exchangeOne(server().port, Buffer.from(request, 'latin1'));
  expect(answer.status).toBe(status);
  expect(answer.headers['connection']).toBe('close');
  expect(readRefusal(answer.status, answer.body).reason).toBeTypeOf('string');
});

test.each([
  ['HTTP/1.1 without a Host', 'GET /trpc/auth.me HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['an expectation that nobody can meet', `GET /trpc/auth.me HTTP/1.1\r\nExpect: wonders\r\n${END}`, 417],
])('%s is refused by Node itself, before there is a request', async (_, request, status) => {
  expect((await exchangeOne(server().port, request)).status).toBe(status);
});

test('CONNECT opens no tunnel', async () => {
  expect(await exchange(server().port, `CONNECT evil.example:443 HTTP/1.1\r\n${END}`)).toBe('');
});

test.each(['websocket', 'h2c', 'TLS/1.0'])('an upgrade to %s is not taken up', async (protocol) => {
  const head = 'GET /trpc/auth.me HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close';
  const { status, body } = await exchangeOne(server().port, `${head}\r\nUpgrade: ${protocol}\r\n\r\n`);
  expect(readRefusal(status, body)).toMatchObject({ reason: 'token_missing', httpStatus: 401 });
});

test('a connection that sent nonsense is closed, also while the other side keeps its end open', async () => {
  const socket = connect({ port: server().port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write('nonsense\r\n\r\n');
  socket.resume();
  const refusedToGoOn = new Promise((resolve) => socket.once('error', resolve));
  await new Promise((resolve) => socket.once('end', resolve));
  const keepWriting = setInterval(() => socket.write('more\r\n'), 1);
  expect(await refusedToGoOn).toMatchObject({ code: expect.stringMatching(/EPIPE|ECONNRESET/) });
  clearInterval(keepWriting);
});

test('slow callers are cut off: time for headers, for a request, and for silence is limited', () => {
  expect(server().app.http.server).toMatchObject({
    headersTimeout: 15_000,
    requestTimeout: 30_000,
    timeout: 60_000,
    keepAliveTimeout: 72_000,
  });
});

test('after all of this the server is unharmed', async () => {
  await server().client().register();
  await expectUnharmed(server());
});
