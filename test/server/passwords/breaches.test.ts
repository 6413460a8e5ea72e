import type { ServerResponse } from 'node:http';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createBreaches } from '../../../server/passwords/breaches.ts';
import { errorShapeOf } from '../../support/error-shape.ts';
import { listenRange, splitDigest } from '../../support/range-server.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld } from '../../support/world.ts';

const PASSWORD = 'a lantern that was stolen';
const { prefix, suffix } = splitDigest(PASSWORD);
const OTHERS = ['0018A45C4D1DEF81644B54AB7F969B88D65:21', '00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2'];

const send =
  (...lines: string[]) =>
  (response: ServerResponse) =>
    void response.end(lines.join('\r\n'));

/** A service, and what is known by asking it. */
async function ask(
  answer: (response: ServerResponse) => void,
  { password = PASSWORD, path = '', timeout = 30_000 } = {},
) {
  const server = await listenRange(answer);
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const breaches = createBreaches({ service: new URL(path, server.url), log, timeout });
  return { known: await breaches.include(password), requests: server.requests, logLines };
}

describe('a password among stolen ones', () => {
  test.each([
    ['in the middle of the list', [...OTHERS, `${suffix}:3`, ...OTHERS]],
    ['alone', [`${suffix}:1`]],
    ['in small letters, as some mirrors write', [`${suffix.toLowerCase()}:12`]],
    ['seen more often than others have people', [`${suffix}:123456789012`]],
  ])('is known when it stands %s', async (_, lines) => {
    const { known, logLines } = await ask(send(...lines));
    expect([known, logLines]).toEqual([true, []]);
  });

  test.each([
    ['others stand there', OTHERS],
    ['it is padding, which counts zero', [...OTHERS, `${suffix}:0`]],
    ['nothing stands there', []],
  ])('is not known when %s', async (_, lines) => {
    const { known, logLines } = await ask(send(...lines));
    expect([known, logLines]).toEqual([false, []]);
  });

  test('is asked for with five digits of its hash, under the path of the mirror, and with padding', async () => {
    const { requests } = await ask(send(...OTHERS), { path: 'mirror/' });
    expect(requests).toMatchObject([
      { line: `GET /mirror/range/${prefix}`, headers: { 'add-padding': 'true', 'user-agent': 'Sallyport' } },
    ]);
    expect(JSON.stringify(requests)).not.toContain(suffix);
  });

  test('is the same in any Unicode form, as it is when it is hashed', async () => {
    const stolen = splitDigest('salt and pepper here');
    const password = '\uff53\uff41\uff4c\uff54 and pepper here';
    expect((await ask(send(`${stolen.suffix}:1`), { password })).known).toBe(true);
  });
});

describe('a service in trouble keeps nobody out, and is heard of in one line without the password or its hash', () => {
  const dump = (response: ServerResponse) => void response.writeHead(200).write(`${OTHERS[0]}\r\n`);
  const huge = send(...Array<string>(30_000).fill(OTHERS[0] ?? ''), `${suffix}:1`);
  const elsewhere = (response: ServerResponse) =>
    response.req.url === '/elsewhere'
      ? void response.end(`${suffix}:1`)
      : void response.writeHead(302, { Location: '/elsewhere' }).end();

  test.each<[string, string, (response: ServerResponse) => void, { timeout?: number }]>([
    [
      'it is overloaded',
      'it answered 503',
      (response) => void response.writeHead(503).end(`${suffix}:1`),
      {},
    ],
    ['it does not know the path', 'it answered 404', (response) => void response.writeHead(404).end(), {}],
    ['it never answers', 'it took too long', () => {}, { timeout: 20 }],
    ['it stops in the middle', 'it took too long', dump, { timeout: 200 }],
    ['it hangs up', 'it cannot be reached', (response) => void response.destroy(), {}],
    ['it sends us elsewhere', 'it cannot be reached', elsewhere, {}],
    [
      'it is a page',
      'its answer is no list of hashes',
      send('<!doctype html>', '<p>Welcome to the hotel</p>'),
      {},
    ],
    [
      'its list is cut',
      'its answer is no list of hashes',
      send(`${suffix}:1`, OTHERS[0]?.slice(0, 9) ?? ''),
      {},
    ],
    ['its answer is longer than any', 'its answer has no end', huge, {}],
  ])('when %s', async (_, why, answer, options) => {
    const { known, logLines } = await ask(answer, options);
    expect(known).toBe(false);
    expect(logLines.map((line): unknown => JSON.parse(line))).toMatchObject([{ level: 40, why }]);
    expect(logLines.join('')).not.toMatch(new RegExp(`${PASSWORD}|${prefix}|${suffix}`, 'i'));
  });

  test('and when there is none', async () => {
    const logLines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
    const server = await listenRange(send());
    await server.stop();
    const breaches = createBreaches({ service: server.url, log });
    expect(await breaches.include(PASSWORD)).toBe(false);
    expect(logLines).toEqual([expect.stringContaining('it cannot be reached')]);
  });
});

describe('registering where stolen passwords are looked up', () => {
  const stolen = { email: 'ada@example.com', password: PASSWORD };

  test('is refused with one of them, and says what to do', async () => {
    const { url } = await listenRange(send(`${suffix}:1`));
    const { visitor, app } = await createWorld({ env: { PWNED_PASSWORDS: url.href } });
    const { data } = await errorShapeOf(visitor().api.auth.register(stolen));
    expect(data).toMatchObject({
      reason: 'weak_password',
      issues: [{ path: ['password'], code: 'breached', message: expect.stringContaining('stolen') }],
    });
    expect(app.deps.hasher.computations()).toBe(0);
  });

  test('asks in the same way for an address that is known and one that is not', async () => {
    const { url, requests } = await listenRange(send(...OTHERS));
    const { visitor } = await createWorld({ env: { PWNED_PASSWORDS: url.href } });
    expect(await outcomeOf(visitor().api.auth.register(stolen))).toBe('succeeded');
    await outcomeOf(visitor().api.auth.register(stolen));
    expect(requests.map(({ line }) => line)).toEqual(Array(2).fill(`GET /range/${prefix}`));
  });

  test('does not ask about what is refused without it', async () => {
    const { url, requests } = await listenRange(send(...OTHERS));
    const { visitor } = await createWorld({ env: { PWNED_PASSWORDS: url.href } });
    for (const password of ['short', '1qaz2wsx3edc4rfv', 'ada@example.com!!', 'Password12345678'])
      expect(await outcomeOf(visitor().api.auth.register({ ...stolen, password }))).toBe('weak_password');
    expect(requests).toEqual([]);
  });
});
