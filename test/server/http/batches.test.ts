import { expect, test } from 'vitest';
import { GUESSES } from '../../../server/throttle/budgets.ts';
import { batchOutcomesOf, refusalOf } from '../../support/answers.ts';
import { listen, type Listening } from '../../support/listening.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';

const wrong = { email: 'ada@example.com', password: 'not a lantern at all' };
const right = { email: 'ada@example.com', password: GOOD_PASSWORD };

function batch(paths: string[], inputs: unknown[], { client }: Listening): Promise<Response> {
  return client().mutate(`${paths.join(',')}?batch=1`, Object.fromEntries(inputs.entries()));
}

function repeat<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item);
}

test('ten calls in a batch are carried out, eleven are refused and none of them is', async () => {
  const server = await listen();
  await server.client().register();
  const before = server.app.deps.hasher.computations();
  const eleven = await batch(repeat(11, 'auth.login'), repeat(11, right), server);
  expect(await refusalOf(eleven)).toMatchObject({ reason: 'validation', httpStatus: 400 });
  expect(server.app.deps.hasher.computations()).toBe(before);

  const ten = await batch(repeat(10, 'auth.login'), repeat(10, right), server);
  expect(await batchOutcomesOf(ten)).toEqual(repeat(10, 'succeeded'));
  expect(server.app.deps.hasher.computations()).toBe(before + 10);
});

test.each([',', '%2C', '%2c'])(
  'the calls of a batch are counted however the comma is written: %s',
  async (comma) => {
    const { client } = await listen();
    const response = await client().query(`${repeat(11, 'auth.me').join(comma)}?batch=1`);
    expect(await refusalOf(response)).toMatchObject({ reason: 'validation' });
  },
);

test('calls of a batch fail one by one', async () => {
  const server = await listen();
  await server.client().register();
  const paths = ['auth.login', 'auth.login', 'auth.refresh', 'auth.none', 'auth.login'];
  const response = await batch(paths, [right, wrong, null, null, { email: 1 }], server);
  expect(response.status).toBe(207);
  expect(await batchOutcomesOf(response)).toEqual([
    'succeeded',
    'invalid_credentials',
    'token_missing',
    'not_found',
    'validation',
  ]);
});

test('queries and mutations do not mix: either method would be wrong for one of them', async () => {
  const server = await listen();
  const response = await batch(['auth.me', 'auth.logout'], [], server);
  expect(await refusalOf(response)).toMatchObject({ reason: 'validation', httpStatus: 400 });
});

test.each([
  ['an array', []],
  ['text', 'text'],
  ['a number', 1],
])('the inputs of a batch as %s are refused', async (_, inputs) => {
  const { client } = await listen();
  const response = await client().mutate('auth.login,auth.login?batch=1', inputs);
  expect(new Set(await batchOutcomesOf(response))).toEqual(new Set(['validation']));
});

/** Failures at one account from one address before the next attempt has to wait: docs/SECURITY.md, Guessing. */
const FREE = GUESSES.pair.free;

test('the limit on sign-ins counts the calls of a batch, not the request (trpc#6777)', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const response = await batch(repeat(10, 'auth.login'), repeat(10, wrong), server);
  expect((await batchOutcomesOf(response)).toSorted()).toEqual([
    ...repeat(FREE, 'invalid_credentials'),
    ...repeat(10 - FREE, 'throttled'),
  ]);
});

test('a batch that is throttled half-way says so, and how long to wait', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await batch(repeat(FREE - 1, 'auth.login'), repeat(FREE - 1, wrong), server);
  const response = await batch(repeat(3, 'auth.login'), repeat(3, wrong), server);
  const outcomes = await batchOutcomesOf(response);
  expect(outcomes.toSorted()).toEqual(['invalid_credentials', 'throttled', 'throttled']);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
});
