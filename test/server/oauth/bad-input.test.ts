import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyText } from '../../support/arbitrary.ts';
import { sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  basicText,
  FORM,
  PASSWORD_FORM,
  readVerdict,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';
import { exchangeOne } from '../../support/raw-http.ts';
import { expectUnharmed } from '../../support/unharmed.ts';

// Whatever comes in, the answer is RFC 6749 §5.2's object as JSON: no page, no stack, no error of ours.

const server = sharedServer();
let service: ShownClient;

beforeAll(async () => {
  await server().client().register();
  service = await addClient(server());
});
afterAll(() => expectUnharmed(server(), [service.secret]));

const POSTED = ['token', 'revoke', 'introspect'];
const ROUTES = [...POSTED, 'userinfo'];

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Sent as it is: no client adds, encodes or refuses anything. */
async function send(path: string, { method = 'POST', headers = FORM, body = '' }: Sent = {}) {
  const lines = Object.entries({
    Host: 'localhost',
    Connection: 'close',
    ...basicOf(service),
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} /oauth/${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  const raw = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
  const { status, headers: answered, body: text } = await exchangeOne(server().port, raw);
  return { verdict: readVerdict({ status, headers: new Headers(answered) }, text), headers: answered };
}

const type = (contentType: string) => ({ 'Content-Type': contentType });
const good = new URLSearchParams({ ...PASSWORD_FORM, token: 'x' }).toString();

const UNREADABLE: [string, Sent][] = [
  ['JSON where a form is due', { headers: type('application/json'), body: JSON.stringify(PASSWORD_FORM) }],
  ['a form that says it is JSON', { headers: type('application/json'), body: good }],
  ['JSON that says it is a form', { body: JSON.stringify({ ...PASSWORD_FORM, token: 'x' }) }],
  ['a form that says it is text', { headers: type('text/plain'), body: good }],
  ['a form of parts', { headers: type('multipart/form-data; boundary=x'), body: '--x--\r\n' }],
  ['a type that only begins like ours', { headers: type('application/x-www-form-urlencoded2'), body: good }],
  ['no content type', { headers: {}, body: good }],
  ['a content type that is none', { headers: type(';;;'), body: good }],
  ['another charset', { headers: type('application/x-www-form-urlencoded; charset=iso-8859-1'), body: good }],
  [
    'a charset that begins like ours',
    { headers: type(`${FORM['Content-Type']}; charset=utf-8x`), body: good },
  ],
  ['UTF-16', { headers: type(`${FORM['Content-Type']};charset=UTF-16`), body: Buffer.from(good, 'utf16le') }],
  ['an empty body', {}],
  ['an empty body without a type', { headers: {} }],
  ['separators alone', { body: '&&&=&' }],
  ['bytes that are no UTF-8', { body: Buffer.from(`${good}&x=\xff\xfe`, 'latin1') }],
  ['a byte of Latin-1 in a value', { body: Buffer.from(`${good}&x=caf\xe9`, 'latin1') }],
  ['an escaped byte that is no UTF-8', { body: `${good}&x=%ff` }],
  ['an escaped half of a character', { body: `${good}&x=%c3` }],
  ['an overlong escape', { body: `${good}&x=%c0%80` }],
  ['an overlong slash', { body: `${good}&x=%e0%80%af` }],
  ['an overlong byte, unescaped', { body: Buffer.from(`${good}&x=\xc0\x80`, 'latin1') }],
  ['an escaped surrogate', { body: `${good}&x=%ed%a0%80` }],
  ['a percent sign at the end', { body: `${good}&x=%` }],
  ['a percent sign and one digit', { body: `${good}&x=%2` }],
  ['a percent sign and letters', { body: `${good}&x=%zz` }],
  ['a broken escape in a name', { body: `${good}&%zz=x` }],
  ['10,000 parameters', { body: `${good}${'&a'.repeat(10_000)}` }],
  [
    '10,000 different parameters',
    { body: `${good}${Array.from({ length: 10_000 }, (_, index) => `&${index.toString(36)}`).join('')}` },
  ],
  [
    '51 parameters, which is one too many',
    { body: Array.from({ length: 51 }, (_, index) => `a${index}=1`).join('&') },
  ],
];

describe.each(POSTED)('/oauth/%s', (path) => {
  test.each(UNREADABLE)('refuses %s', async (_, sent) => {
    expect((await send(path, sent)).verdict).toBe(
      sent.headers?.['Content-Type'] === ';;;' ? '415 invalid_request' : '400 invalid_request',
    );
  });

  test.each([
    ['1 MB', 'a'.repeat(1_048_576)],
    ['64 KB and a byte', 'a'.repeat(65_537)],
  ])('refuses a form of %s as too large', async (_, body) => {
    expect((await send(path, { body })).verdict).toBe('413 invalid_request');
  });

  test.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-URLencoded',
    'application/x-www-form-urlencoded; charset=utf-8',
    'application/x-www-form-urlencoded;charset="UTF-8"',
    'application/x-www-form-urlencoded ; charset=UTF-8; x=y',
  ])('reads %s', async (contentType) => {
    expect((await send(path, { headers: type(contentType), body: good })).verdict).toBe('200');
  });

  test.each([
    ['a value of 60 KB', { x: 'a'.repeat(60_000) }],
    ['a name of 60 KB', { ['a'.repeat(60_000)]: 'x' }],
    ['a NUL in a value that is not read', { x: '\0' }],
    [
      'names of what every object has',
      { __proto__x: 'a', constructor: 'b', toString: 'c', hasOwnProperty: 'd' },
    ],
  ])('does not mind %s', async (_, more) => {
    const body = `${good}&${new URLSearchParams(more).toString()}&__proto__=x&__proto__[grant_type]=y`;
    expect((await send(path, { body })).verdict).toBe('200');
  });

  test('answers by POST and nothing else, and says so', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { verdict, headers } = await send(path, { method, headers: {} });
      expect([method, verdict, headers['allow']]).toEqual([method, '405 invalid_request', 'POST']);
    }
    const head = await fetch(`${server().base}/oauth/${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('does nothing for another site', async () => {
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }])
      expect((await send(path, { headers: { ...FORM, ...headers }, body: good })).verdict).toBe(
        '403 invalid_request',
      );
    const own = { ...FORM, Origin: 'http://localhost:3000' };
    expect((await send(path, { headers: own, body: good })).verdict).toBe('200');
  });

  test('sends no page and no stack, whatever it is asked for', async () => {
    const headers = { ...FORM, Accept: 'text/html' };
    expect((await send(path, { headers, body: '%' })).verdict).toBe('400 invalid_request');
    expect((await send(`${path}?%zz`, { body: good })).verdict).toBe('200');
  });

  test('reads no parameter from the URL, where it would stay in logs', async () => {
    const { verdict } = await send(`${path}?${good}`);
    expect(verdict).toBe('400 invalid_request');
    expect(server().logLines.join('')).not.toContain('grant_type');
  });
});

test('/oauth/userinfo answers by GET and nothing else, and says so', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const { verdict, headers } = await send('userinfo', { method, body: good });
    expect([method, verdict, headers['allow']]).toEqual([method, '405 invalid_request', 'GET']);
  }
});

test.each([
  '',
  '/',
  '/none',
  '/token/',
  '/token/x',
  '/TOKEN',
  '/authorize',
  '/.well-known',
  '//token',
  '/%00',
])('/oauth%s is no endpoint, and that is told like any error', async (path) => {
  for (const init of [{}, { method: 'POST', body: good, headers: FORM }])
    expect(await verdictOf(await fetch(`${server().base}/oauth${path}`, init))).toBe('404 invalid_request');
});

test.each(['/token%', '/%zz', '/token/%ff'])(
  '/oauth%s is no address at all, and that is told like any error',
  async (path) => {
    expect(await verdictOf(await fetch(`${server().base}/oauth${path}`))).toBe('400 invalid_request');
  },
);

test.each([
  ['a line break', 'ada@example.com\r\nBcc: eve@example.com', '400 invalid_request'],
  ['a NUL', 'ada@example.com\0', '400 invalid_request'],
  ['an escape sequence', '\u001b[31mada@example.com', '400 invalid_request'],
  ['a lone letter of another script', 'аda@example.com', '400 invalid_grant'],
  ['a comma list', 'ada@example.com,eve@example.com', '400 invalid_grant'],
  ['markup', '<b>ada@example.com</b>', '400 invalid_grant'],
])('a username with %s names nobody', async (_, username, expected) => {
  const body = new URLSearchParams({ ...PASSWORD_FORM, username }).toString();
  expect((await send('token', { body })).verdict).toBe(expected);
});

describe('whatever is sent, the answer is tokens or an error with its code', () => {
  const name = fc.constantFrom(
    'grant_type',
    'username',
    'password',
    'scope',
    'refresh_token',
    'client_id',
    'client_secret',
    'token',
    'token_type_hint',
    '__proto__',
    '',
  );
  const value = fc.oneof(
    fc.constantFrom(
      ...Object.values(PASSWORD_FORM),
      'refresh_token',
      'profile:read',
      'sallyport',
      'spr_',
      '%',
      '+',
    ),
    anyText(),
  );
  const route = fc.constantFrom(...ROUTES);
  const runs = { numRuns: 150 };

  test('any form', async () => {
    const form = fc.array(fc.tuple(name, value), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(route, form, fc.boolean(), async (path, pairs, isEscaped) => {
        const body = isEscaped
          ? new URLSearchParams(pairs).toString()
          : pairs.map((pair) => pair.join('=')).join('&');
        const { verdict } = await send(path, { headers: { ...FORM, Authorization: 'Bearer x' }, body });
        expect(verdict).toMatch(/^(200|4\d\d [a-z_]+)$/);
        const anonymous = await fetch(`${server().base}/oauth/token`, {
          method: 'POST',
          headers: FORM,
          body,
        });
        expect(await verdictOf(anonymous)).toMatch(/^(200|4\d\d [a-z_]+)$/);
      }),
      runs,
    );
  });

  test('any bytes, with any credentials of a client', async () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(route, bytes, bytes, async (path, body, pair) => {
        const headers = { ...FORM, ...basicText(Buffer.from(pair)) };
        const { verdict } = await send(path, { headers, body: Buffer.from(body) });
        expect(verdict).toMatch(/^4\d\d [a-z_]+$/);
      }),
      runs,
    );
  });
});
