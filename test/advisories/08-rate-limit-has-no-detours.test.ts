import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorDataSchema } from '../../shared/reasons.ts';
import { listen, type Listening } from '../support/listening.ts';

// better-auth CVE-2026-45364, trpc#6777, trpc#7153: the ways around a limit that HTTP offers.

const guess = { email: 'ada@example.com', password: 'not the password' };
const failed = z.object({ error: z.object({ data: errorDataSchema }) });

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

async function reasonOf(response: Response): Promise<string> {
  return failed.parse(await response.json()).error.data.reason;
}

/** Five wrong guesses, which is all that one address has for one account at one moment. */
async function guessFiveTimes({ base }: Listening): Promise<void> {
  for (let count = 0; count < 5; count += 1)
    expect(await reasonOf(await post(`${base}/trpc/auth.login`, guess))).toBe('invalid_credentials');
}

test('each call in a batch counts by itself', async () => {
  const { base } = await listen({ RATE_LIMIT: 'on' });
  const batch = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [index, guess]));
  const paths = Array.from({ length: 10 }, () => 'auth.login').join(',');
  const first = await post(`${base}/trpc/${paths}?batch=1`, batch);
  expect(
    z
      .array(failed)
      .parse(await first.json())
      .map(({ error }) => error.data.reason)
      // Which of them is counted first is the database's choice.
      .toSorted(),
  ).toEqual(Array.from({ length: 10 }, (_, index) => (index < 5 ? 'invalid_credentials' : 'throttled')));
  expect(await reasonOf(await post(`${base}/trpc/auth.login`, guess))).toBe('throttled');
});

test.each([
  ['another spelling of the path', '/trpc/auth%2Elogin', {}],
  ['a batch of one', '/trpc/auth.login?batch=1', {}],
  ['a forged X-Forwarded-For', '/trpc/auth.login', { 'X-Forwarded-For': '198.51.100.9' }],
  [
    'other headers that name an address',
    '/trpc/auth.login',
    { Forwarded: 'for=198.51.100.9', 'X-Real-IP': '198.51.100.9' },
  ],
])('%s leads to the same limit', async (_, path, headers) => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await guessFiveTimes(server);
  const body = path.endsWith('batch=1') ? { 0: guess } : guess;
  const answer = z
    .union([failed, z.tuple([failed])])
    .parse(await (await post(server.base + path, body, headers)).json());
  const [{ error }] = Array.isArray(answer) ? answer : [answer];
  expect(error.data.reason).toBe('throttled');
});

test('a doubled slash leads to no procedure at all', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await guessFiveTimes(server);
  for (const path of ['//trpc/auth.login', '/trpc//auth.login', '/trpc/./auth.login/'])
    expect(await reasonOf(await post(server.base + path, guess)), path).toMatch(/^(not_found|throttled)$/);
});
