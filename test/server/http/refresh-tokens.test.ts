import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deriveKey } from '../../../server/lib/derive-key.ts';
import {
  createRefreshTokens,
  LAST_GENERATION,
  parseRefreshToken,
} from '../../../server/sessions/refresh-token.ts';
import { findSession } from '../../../server/sessions/store.ts';
import { readRefusal, refusalOf } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';
import { exchangeOne } from '../../support/raw-http.ts';
import { SECRET } from '../../support/secret.ts';
import type { WebClient } from '../../support/web-client.ts';

const server = sharedServer();

const NAME = 'sallyport_refresh';
const PREFIX = 'spr_';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SESSION_AT = 1;
const GENERATION_AT = 17;
const TAG_AT = 21;

/** What bad cookies are made from. Those below `other` have genuine tags, which only the server could have made. */
interface Tokens {
  mine: string;
  /** Of another session. */
  other: string;
  /** What `mine` will be replaced by. */
  next: string;
  /** Of the last generation that there is. */
  last: string;
  /** `mine` as a second version of the format would have it. */
  versionTwo: string;
}

const encode = (...parts: Uint8Array[]): string => `${PREFIX}${Buffer.concat(parts).toString('base64url')}`;
const decode = (token: string): Buffer => Buffer.from(token.slice(PREFIX.length), 'base64url');

function changed(token: string, change: (bytes: Buffer) => unknown): string {
  const bytes = decode(token);
  change(bytes);
  return encode(bytes);
}

const BAD: [string, (tokens: Tokens) => string[]][] = [
  ['cut short anywhere', ({ mine }) => Array.from(mine, (_, length) => mine.slice(0, length))],
  ['cut short by bytes', ({ mine }) => [1, 4, 32].map((count) => encode(decode(mine).subarray(0, -count)))],
  ['padded', ({ mine }) => ['=', '==', 'A', '%3D', '.'].map((padding) => mine + padding)],
  ['padded by a byte', ({ mine }) => [encode(decode(mine), Buffer.alloc(1))]],
  ['in quotes (RFC 6265 §4.1.1)', ({ mine }) => [`"${mine}"`]],
  ['in the alphabet of plain base64', ({ mine }) => [PREFIX + decode(mine).toString('base64').slice(0, -1)]],
  ['with bits behind the last byte', ({ mine }) => otherSpellings(mine)],
  ['percent-encoded', ({ mine }) => [mine.replace('_', '%5F'), percentEncoded(mine)]],
  ['in hexadecimal', ({ mine }) => [PREFIX + decode(mine).toString('hex')]],
  ['without its prefix', ({ mine }) => [mine.slice(PREFIX.length)]],
  ['in other letters', ({ mine }) => [mine.toUpperCase(), mine.toLowerCase(), mine.replace('spr', 'SPR')]],
  ['with one bit of any byte flipped', ({ mine }) => withFlippedBits(mine)],
  ['of another version', ({ mine }) => [0, 2, 255].map((v) => changed(mine, (bytes) => bytes.writeUInt8(v)))],
  ['of another version, under a genuine tag', ({ versionTwo }) => [versionTwo]],
  [
    'with the tag of another session',
    ({ mine, other }) => [encode(decode(mine).subarray(0, TAG_AT), decode(other).subarray(TAG_AT))],
  ],
  ['with a tag of zeros', ({ mine }) => [changed(mine, (bytes) => bytes.fill(0, TAG_AT))]],
  [
    'of a session that does not exist',
    ({ mine }) => [changed(mine, (bytes) => bytes.fill(0x11, SESSION_AT, GENERATION_AT))],
  ],
  [
    'of a generation to come, under the tag of this one',
    ({ mine, next, last }) =>
      [next, last].map((token) => encode(decode(token).subarray(0, TAG_AT), decode(mine).subarray(TAG_AT))),
  ],
  ['of a generation to come, under a genuine tag', ({ next, last }) => [next, last]],
  ['of a generation too large for its bytes', ({ mine }) => withOverflow(decode(mine))],
];

/** The other texts that a lenient decoder takes for the same bytes. */
function otherSpellings(token: string): string[] {
  const texts = Array.from(ALPHABET, (letter) => token.slice(0, -1) + letter);
  return texts.filter((text) => text !== token && decode(text).equals(decode(token)));
}

function percentEncoded(text: string): string {
  return Buffer.from(text).toString('hex').replaceAll(/../g, '%$&');
}

function withFlippedBits(token: string): string[] {
  return Array.from(decode(token), (byte, index) =>
    changed(token, (bytes) => bytes.writeUInt8(byte ^ (1 << (index % 8)), index)),
  );
}

/** 2³² in five bytes: with the whole tag, and with one that makes room for it. */
function withOverflow(bytes: Buffer): string[] {
  const [head, generation, tag] = [
    bytes.subarray(0, GENERATION_AT),
    Buffer.of(1, 0, 0, 0, 0),
    bytes.subarray(TAG_AT),
  ];
  return [encode(head, generation, tag), encode(head, generation, tag.subarray(1))];
}

/** A session that was rotated, somebody else's, and a second later: a row that were only touched would show it. */
async function prepare() {
  const { app, clock, client } = server();
  const [ada, grace] = [client(), client()];
  for (const person of [ada, grace]) await person.register(`${crypto.randomUUID()}@example.com`);
  // Otherwise one token in six is the same text in both alphabets.
  do expect((await ada.mutate('auth.refresh')).status).toBe(200);
  while (!/[-_]/.test(tokenOf(ada).slice(PREFIX.length)));
  clock.advance(1000);
  const readRows = () => app.deps.db.selectFrom('sessions').selectAll().orderBy('id').execute();
  return { ada, grace, readRows };
}

function tokenOf({ cookie = '' }: WebClient): string {
  return cookie.slice(NAME.length + 1);
}

async function makeTokens(ada: WebClient, grace: WebClient): Promise<Tokens> {
  const [mine, other] = [tokenOf(ada), tokenOf(grace)];
  const presented = parseRefreshToken(mine);
  const session = presented && (await findSession(server().app.deps.db, presented.sessionId));
  if (!session) throw new Error('there is no session');
  const tokens = createRefreshTokens([SECRET]);
  const issued = (generation: number) => tokens.issue({ ...session, generation });
  expect(issued(session.generation), 'the test makes tokens as the server does').toBe(mine);
  const head = decode(mine).subarray(0, TAG_AT);
  head.writeUInt8(2);
  const key = deriveKey(SECRET, 'refresh-token');
  const versionTwo = encode(head, createHmac('sha256', key).update(head).update(session.nonce).digest());
  return { mine, other, next: issued(session.generation + 1), last: issued(LAST_GENERATION), versionTwo };
}

async function refusalWith(Cookie: string): Promise<string> {
  const response = await server().client().mutate('auth.refresh', undefined, { Cookie });
  expect(response.headers.getSetCookie(), Cookie).toEqual([]);
  return (await refusalOf(response)).reason;
}

describe('a refresh cookie is refused, changes nothing and is in nobody’s way', () => {
  test.each(BAD)('%s', async (_, make) => {
    const { ada, grace, readRows } = await prepare();
    const before = await readRows();
    const values = make(await makeTokens(ada, grace));
    expect(values).not.toEqual([]);
    for (const value of values) expect(await refusalWith(`${NAME}=${value}`), value).toBe('token_invalid');
    expect(await readRows()).toEqual(before);
    for (const person of [ada, grace]) expect((await person.mutate('auth.refresh')).status).toBe(200);
  });

  test('of a session that has ended', async () => {
    const { ada, grace, readRows } = await prepare();
    const { mine, next, last } = await makeTokens(ada, grace);
    await ada.mutate('auth.logout');
    const before = await readRows();
    server().clock.advance(1000);
    for (const token of [mine, next, last])
      expect(await refusalWith(`${NAME}=${token}`)).toBe('session_revoked');
    expect(await readRows()).toEqual(before);
  });

  test('when its name stands twice, whatever the values', async () => {
    const { ada, grace, readRows } = await prepare();
    const before = await readRows();
    const pairs = [ada.cookie, grace.cookie, `${NAME}=`, `${NAME}=planted`];
    for (const pair of pairs)
      for (const cookies of [
        `${ada.cookie}; ${pair}`,
        `${pair}; theme=dark; ${ada.cookie}`,
        `${pair};${ada.cookie}`,
      ])
        expect(await refusalWith(cookies), cookies).toBe('token_invalid');
    expect(await readRows()).toEqual(before);
    expect((await ada.mutate('auth.refresh')).status).toBe(200);
  });

  test('of a megabyte, and of the most that a header can hold', async () => {
    const { ada, grace, readRows } = await prepare();
    const { mine } = await makeTokens(ada, grace);
    const before = await readRows();
    const statusOf = async (length: number) => (await answerTo(mine.padEnd(length, 'A'))).status;
    expect(await statusOf(2 ** 20)).toBe(431);
    let [fits, overflows] = [mine.length + 1, 2 ** 20];
    while (overflows - fits > 1) {
      const middle = Math.floor((fits + overflows) / 2);
      if ((await statusOf(middle)) === 431) overflows = middle;
      else fits = middle;
    }
    expect(fits).toBeGreaterThan(15_000);
    const [most, more] = [
      await answerTo(mine.padEnd(fits, 'A')),
      await answerTo(mine.padEnd(overflows, 'A')),
    ];
    expect(readRefusal(most.status, most.body).reason).toBe('token_invalid');
    expect(readRefusal(more.status, more.body)).toMatchObject({ reason: 'validation', httpStatus: 431 });
    for (const { headers } of [most, more]) expect(headers).not.toHaveProperty('set-cookie');
    expect(await readRows()).toEqual(before);
    expect((await ada.mutate('auth.refresh')).status).toBe(200);
  });
});

async function answerTo(token: string) {
  const head = 'POST /trpc/auth.refresh HTTP/1.1\r\nHost: localhost\r\nConnection: close';
  return exchangeOne(server().port, `${head}\r\nCookie: ${NAME}=${token}\r\n\r\n`);
}
