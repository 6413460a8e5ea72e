import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { listen, type Listening } from '../../support/listening.ts';

const wrong = { email: 'ada@example.com', password: 'not a lantern at all' };

/** How many wrong sign-ins pass before one is throttled. */
async function attemptsUntilThrottled(
  { client }: Listening,
  headersOf: (attempt: number) => Record<string, string>,
) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const response = await client().mutate('auth.login', wrong, headersOf(attempt));
    if ((await refusalOf(response)).reason === 'throttled') return attempt;
  }
  return 200;
}

describe('a caller is the address', () => {
  const forged = (attempt: number) => ({ 'X-Forwarded-For': `198.51.100.${attempt}` });
  test.each([
    ['of the connection', {}, () => ({}), 5],
    ['of the connection, whatever X-Forwarded-For says', {}, forged, 5],
    ['of the connection when that is no trusted proxy', { TRUST_PROXY: '10.0.0.0/8' }, forged, 5],
    ['that a trusted proxy gives', { TRUST_PROXY: '127.0.0.1' }, forged, 20],
    [
      'that a trusted proxy added, not what its caller had put there',
      { TRUST_PROXY: '127.0.0.1' },
      (attempt: number) => ({ 'X-Forwarded-For': `198.51.100.${attempt}, 203.0.113.7` }),
      5,
    ],
    [
      'before the last trusted proxy of several',
      { TRUST_PROXY: '127.0.0.1,10.0.0.0/8' },
      (attempt: number) => ({ 'X-Forwarded-For': `198.51.100.${attempt}, 203.0.113.7, 10.0.0.${attempt}` }),
      5,
    ],
    [
      'of a household: its IPv6 /64',
      { TRUST_PROXY: '127.0.0.1' },
      (attempt: number) => ({ 'X-Forwarded-For': `2001:db8::${attempt.toString(16)}` }),
      5,
    ],
    [
      'however it is written',
      { TRUST_PROXY: '127.0.0.1' },
      (attempt: number) => ({ 'X-Forwarded-For': attempt % 2 === 0 ? '203.0.113.7' : '::ffff:203.0.113.7' }),
      5,
    ],
    [
      'or the same for all whose address is nonsense',
      { TRUST_PROXY: '127.0.0.1' },
      (attempt: number) => ({ 'X-Forwarded-For': `nonsense-${attempt}` }),
      5,
    ],
  ])('%s', async (_, env, headersOf, allowed) => {
    const server = await listen({ RATE_LIMIT: 'on', ...env });
    expect(await attemptsUntilThrottled(server, headersOf)).toBe(allowed);
  });
});

test('throttled: the same for an account that does not exist, with the wait in header and body', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await server.client().register();
  const outcomes = [];
  for (const email of ['ada@example.com', 'nobody@example.com']) {
    for (let attempt = 0; attempt < 5; attempt += 1)
      await server.client().mutate('auth.login', { ...wrong, email });
    const response = await server.client().mutate('auth.login', { ...wrong, email });
    const { reason, httpStatus, retryAfter } = await refusalOf(response);
    expect(response.headers.get('retry-after')).toBe(String(retryAfter));
    outcomes.push({ reason, httpStatus, retryAfter });
  }
  const throttled = { reason: 'throttled', httpStatus: 429, retryAfter: 1 };
  expect(outcomes).toEqual([throttled, throttled]);
});

test('the wait is over when the header said it would be', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const attempt = () => server.client().mutate('auth.login', wrong);
  for (const seconds of [0, 0, 0, 0, 0, 1, 2, 4, 8]) {
    if (seconds > 0) {
      expect((await attempt()).headers.get('retry-after')).toBe(String(seconds));
      server.clock.advance(seconds * 1000);
    }
    expect((await attempt()).status).toBe(401);
  }
});

test('a path with two slashes is no way around the limits', async () => {
  const { base } = await listen({ RATE_LIMIT: 'on' });
  const init = {
    method: 'POST',
    body: JSON.stringify(wrong),
    headers: { 'Content-Type': 'application/json' },
  };
  for (const path of ['//trpc/auth.login', '/trpc//auth.login', '/TRPC/auth.login', '/./trpc//auth.login'])
    expect((await fetch(`${base}${path}`, init)).status, path).toBe(404);
});

test('busy: when more passwords wait than can be computed soon, at once and with the wait', async () => {
  const server = await listen({ BCRYPT_COST: '12' });
  const waiting = Array.from({ length: 41 * availableParallelism() }, () =>
    server.app.deps.hasher.hash('any'),
  );
  const settled = Promise.allSettled(waiting);
  const response = await server.client().mutate('auth.login', wrong);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await refusalOf(response)).toMatchObject({ reason: 'busy', httpStatus: 503, retryAfter: 5 });
  expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
  await server.app.close();
  await settled;
});
