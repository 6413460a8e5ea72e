import { expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { listen } from '../../support/listening.ts';
import { post } from '../../support/oauth.ts';

const GIVEN = '0af7651916cd43dd8448eb211c80319c';
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

test('a request has an id of ours, whatever a stranger calls it', async () => {
  const { base, logLines } = await listen();
  const response = await fetch(`${base}/healthz`, { headers: { 'X-Request-Id': GIVEN } });
  expect(response.headers.get('x-request-id')).toMatch(UUID);
  expect(logLines.join('')).not.toContain(GIVEN);
});

test.each(['127.0.0.1', '127.0.0.0/8', '10.0.0.1, 127.0.0.1'])(
  'a proxy among %s gives it: in the log, in the answer and in the error',
  async (TRUST_PROXY) => {
    const { client, logLines } = await listen({ TRUST_PROXY });
    const response = await client().query('auth.me', { 'X-Request-Id': GIVEN });
    expect(response.headers.get('x-request-id')).toBe(GIVEN);
    expect((await refusalOf(response)).requestId).toBe(GIVEN);
    expect(JSON.parse(logLines.at(-1) ?? '')).toMatchObject({ msg: 'request', reqId: GIVEN });
  },
);

test.each(['10.0.0.0/8', '127.0.0.2', '::1', 'fd00::/8'])(
  'a caller outside %s is no proxy',
  async (TRUST_PROXY) => {
    const { base } = await listen({ TRUST_PROXY });
    const response = await fetch(`${base}/healthz`, { headers: { 'X-Request-Id': GIVEN } });
    expect(response.headers.get('x-request-id')).toMatch(UUID);
  },
);

test.each([
  ['too short', 'abc1234'],
  ['too long', 'a'.repeat(129)],
  ['with a space', 'abcd efgh'],
  ['with a person in it', 'ada@example.com'],
  ['with markup', '<script>alert</script>'],
  ['with bytes that are no letters', 'abcdéfgh'],
  ['twice', `${GIVEN}, ${GIVEN}`],
  ['empty', ''],
])('an id that is %s is replaced, also from a proxy', async (_, id) => {
  const { base } = await listen({ TRUST_PROXY: '127.0.0.1' });
  const response = await fetch(`${base}/healthz`, { headers: { 'X-Request-Id': id } });
  expect(response.headers.get('x-request-id')).toMatch(UUID);
});

test('an OAuth error has it in its header, for its body has no place for one', async () => {
  const server = await listen();
  const response = await post(server, 'token', { form: {} });
  expect(response.status).toBe(400);
  expect(response.headers.get('x-request-id')).toMatch(UUID);
  expect(JSON.parse(server.logLines.at(-1) ?? '')).toMatchObject({
    route: '/oauth/token',
    reqId: response.headers.get('x-request-id'),
  });
});

test('a line says which trace its request is part of, when the caller says so in due form', async () => {
  const { base, logLines } = await listen();
  const parent = '00f067aa0ba902b7';
  await fetch(`${base}/healthz`, { headers: { traceparent: `00-${GIVEN}-${parent}-01` } });
  await fetch(`${base}/healthz`, { headers: { traceparent: `00-${GIVEN}-01` } });
  const lines = logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  expect(lines.map(({ traceId, spanId }) => [traceId, spanId])).toEqual([
    [GIVEN, undefined],
    [undefined, undefined],
  ]);
});
