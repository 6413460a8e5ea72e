import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { outcomeOfCall, readRefusal } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';
import { exchangeOne, parseResponse, readToEnd } from '../../support/raw-http.ts';
import { expectUnharmed } from '../../support/unharmed.ts';

const server = sharedServer();
const LIMIT = 64 * 1024;
const MEGABYTE = 1024 * 1024;

function post(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${server().base}/trpc/${path}`, { method: 'POST', body, headers });
}

/** JSON of exactly `size` bytes, sound but for a field that is too long. */
function jsonOf(size: number): string {
  const empty = JSON.stringify({ email: 'ada@example.com', password: '' });
  return empty.replace('""', `"${'a'.repeat(size - empty.length)}"`);
}

describe('a body', () => {
  test.each([
    [LIMIT - 1, 400],
    [LIMIT, 400],
    [LIMIT + 1, 413],
  ])(
    'of %i bytes is answered with %i: read and judged up to 64 KiB, refused beyond',
    async (size, status) => {
      const response = await post('auth.login', jsonOf(size));
      expect(response.status).toBe(status);
      expect(await outcomeOfCall(response)).toBe('validation');
    },
  );

  test.each(['auth.login', 'auth.login,auth.login?batch=1', 'auth.none'])(
    'of 10 MB to /trpc/%s is refused before it is sent',
    async (path) => {
      const head = `POST /trpc/${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json`;
      const { status, body } = await exchangeOne(
        server().port,
        `${head}\r\nContent-Length: ${10 * MEGABYTE}\r\n\r\n`,
      );
      expect(readRefusal(status, body)).toMatchObject({ reason: 'validation', httpStatus: 413 });
    },
  );

  test.each(['/trpc/auth.login', '/trpc/auth.login,auth.login?batch=1', '/none'])(
    'of 10 MB in chunks to %s is refused while it is sent',
    async (path) => {
      const socket = connect({ port: server().port, host: '127.0.0.1' });
      const answer = readToEnd(socket);
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json`;
      socket.write(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
      const answered = once(socket, 'data').then(() => 'answered');
      let sent = 0;
      while (sent < 10 * MEGABYTE) {
        const written = new Promise((resolve) => socket.write(chunk, resolve));
        if ((await Promise.race([written, answered])) === 'answered') break;
        sent += 0x4000;
      }
      const { status, body } = parseResponse(await answer);
      expect(readRefusal(status, body)).toMatchObject({ reason: 'validation', httpStatus: 413 });
      expect(sent).toBeLessThan(10 * MEGABYTE);
    },
  );

  test('that ends before its announced length leaves nothing behind', async () => {
    const socket = connect({ port: server().port, host: '127.0.0.1' });
    const head = 'POST /trpc/auth.login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json';
    socket.write(`${head}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{"email"`);
    await once(socket, 'data');
    socket.destroy();
  });

  test('that is compressed is not unpacked', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const body = Buffer.from('H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==', 'base64');
    const response = await fetch(`${server().base}/trpc/auth.login`, { method: 'POST', body, headers });
    expect([response.status, await outcomeOfCall(response)]).toEqual([400, 'validation']);
  });
});

describe('JSON that two readers could take differently is refused', () => {
  test.each([
    ['a key twice', '{"email":"ada@example.com","email":"eve@example.com","password":"x"}'],
    [
      'a key twice, once escaped',
      '{"email":"ada@example.com","\\u0065mail":"eve@example.com","password":"x"}',
    ],
    [
      'a key twice in a batch',
      '{"0":{"email":"ada@example.com","password":"x"},"0":{}}',
      'auth.login?batch=1',
    ],
    [
      'a key twice deep inside',
      '{"0":{"email":"a","password":"x","more":[{"a":1,"a":2}]}}',
      'auth.login?batch=1',
    ],
    ['NaN', '{"email":NaN,"password":"x"}'],
    ['a comment', '{"email":"ada@example.com",/* */"password":"x"}'],
    ['a trailing comma', '{"email":"ada@example.com","password":"x",}'],
    ['a byte order mark', '\ufeff{"email":"ada@example.com","password":"x"}'],
    ['single quotes', "{'email':'ada@example.com','password':'x'}"],
    ['UTF-16', new Uint8Array(Buffer.from('{"email":"ada@example.com","password":"x"}', 'utf16le'))],
  ] satisfies [string, string | Uint8Array<ArrayBuffer>, string?][])(
    '%s',
    async (_, body, path = 'auth.login') => {
      const response = await post(path, body);
      expect([response.status, await outcomeOfCall(response)]).toEqual([400, 'validation']);
    },
  );
});

describe('hostile JSON is refused', () => {
  const nest = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
  const field = 'a'.repeat(100_000);
  const small = 'a'.repeat(60_000);
  test.each([
    ['deep arrays', nest('[', ']', 32_000)],
    ['deep objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['deep arrays in a field', `{"email":${nest('[', ']', 30_000)},"password":"x"}`],
    ['brackets that never close', '['.repeat(65_000)],
    ['braces that never close', '{"a":'.repeat(13_000)],
    ['a field of 100,000 characters', JSON.stringify({ email: field, password: field })],
    ['a field of 60,000 characters', JSON.stringify({ email: small, password: 'x' })],
    ['an address of 60,000 dots', JSON.stringify({ email: `a@${'a.'.repeat(30_000)}`, password: 'x' })],
    ['a password of 60,000 characters', JSON.stringify({ email: 'ada@example.com', password: small })],
    ['many keys', JSON.stringify(Object.fromEntries(Array.from({ length: 6000 }, (_, i) => [`k${i}`, i])))],
    ['a prototype', '{"__proto__":{"email":"ada@example.com","password":"x"}}'],
    ['a constructor', '{"constructor":{"prototype":{"email":"ada@example.com","password":"x"}}}'],
    ['a huge number', '{"email":1e999999,"password":-1e-999999}'],
    ['a lone surrogate in an address', String.raw`{"email":"a\ud800@example.com","password":"x"}`],
    [
      'a lone surrogate in a password',
      String.raw`{"email":"ada@example.com","password":"\udfff a lantern for it"}`,
    ],
    ['a NUL in an address', String.raw`{"email":"ada\u0000@example.com","password":"x"}`],
    [
      'a line break in an address',
      String.raw`{"email":"ada@example.com\r\nBcc: eve@example.com","password":"x"}`,
    ],
    ['objects for text', '{"email":{"$ne":null},"password":{"$gt":""}}'],
    ['text with a method', '{"email":{"toString":"x","length":5},"password":"x"}'],
  ])('%s', async (_, body) => {
    for (const path of ['auth.login', 'auth.register']) {
      const response = await post(path, body);
      expect([400, 413]).toContain(response.status);
      expect(await outcomeOfCall(response)).toBe('validation');
    }
  });

  test.each([
    ['a lone surrogate', String.raw`{"name":"\ud800"}`],
    ['a control character', String.raw`{"name":"Ada\u0007"}`],
    ['a right-to-left override', String.raw`{"name":"Ada\u202eecalevoL"}`],
    ['101 characters', JSON.stringify({ name: 'a'.repeat(101) })],
    ['a prototype', '{"__proto__":{"name":"Ada"}}'],
  ])('%s as a name', async (_, body) => {
    const ada = server().client();
    await ada.register(`${crypto.randomUUID()}@example.com`);
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${ada.bearer}` };
    const response = await fetch(`${server().base}/trpc/account.updateProfile`, {
      method: 'POST',
      body,
      headers,
    });
    expect([response.status, await outcomeOfCall(response)]).toEqual([400, 'validation']);
  });

  test('and no object has learned anything from it', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { email?: string }).email).toBeUndefined();
  });
});

test('after all of this the server is unharmed', async () => {
  await server().client().register();
  await expectUnharmed(server());
});
