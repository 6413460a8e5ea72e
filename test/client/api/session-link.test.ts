import { createTRPCClient } from '@trpc/client';
import { expect, test } from 'vitest';
import type { AppRouter } from '../../../server/trpc/router.ts';
import { apiLinks } from '../../../client/lib/api/api-links.ts';
import { readFailure } from '../../../client/lib/failure.ts';
import type { EndReason, Reason } from '../../../shared/reasons.ts';
import { MINUTE } from '../../support/clock.ts';
import { ADA, BOB, createBrowser, signedInAs } from '../support/browser.ts';

type Fetch = NonNullable<NonNullable<Parameters<typeof apiLinks>[1]>['fetch']>;

interface Sent {
  url: string;
  authorization: string | null;
  paths: string[];
}

/** A client over a server that answers each call of a batch with what `answer` says: a refusal or the profile. */
async function setUp(answer: (path: string, authorization: string | null, index: number) => Reason | 'ok') {
  const browser = createBrowser();
  const tab = browser.openTab();
  await tab.signIn(async () => signedInAs(ADA, browser.server.nextToken()));
  const requests: Sent[] = [];
  /** What a refusal says besides its reason. */
  const more: { ended?: EndReason } = {};

  const fetch: Fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : `${input}`;
    const authorization = new Headers(init?.headers).get('authorization');
    const paths = new URL(url).pathname.split('/').at(-1)?.split(',') ?? [];
    requests.push({ url, authorization, paths });
    const results = paths.map((path, index) => {
      const reason = answer(path, authorization, index);
      if (reason === 'ok') return { result: { data: ADA } };
      return {
        error: {
          message: reason,
          code: -32001,
          data: { code: 'X', httpStatus: 401, reason, requestId: '1', ...more },
        },
      };
    });
    return Response.json(url.includes('batch=1') ? results : results[0], { status: 207 });
  };

  const links = apiLinks(tab.credentials, { url: 'http://localhost/trpc', fetch });
  return { ...browser, tab, requests, more, client: createTRPCClient<AppRouter>({ links }) };
}

test('every call but the public ones carries the token', async () => {
  const { client, requests } = await setUp(() => 'ok');
  await client.auth.me.query();
  await client.auth.login.mutate({ email: 'a@example.com', password: 'x' });
  expect(requests.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', null]);
});

test('a sign-in waits for no session', async () => {
  const { client, server, requests, timers } = await setUp(() => 'ok');
  server.refresh = () => new Promise(() => {});
  await timers.advance(20 * MINUTE);
  await client.auth.login.mutate({ email: 'a@example.com', password: 'x' });
  expect(requests.map(({ paths }) => paths)).toEqual([['auth.login']]);
});

test('calls of one moment travel together, ten at most', async () => {
  const { client, requests } = await setUp(() => 'ok');
  await Promise.all(Array.from({ length: 23 }, () => client.auth.me.query()));
  expect(requests.map(({ paths }) => paths.length)).toEqual([10, 10, 3]);
});

test.each(['token_missing', 'token_invalid', 'token_expired'] as const)(
  'a call refused with %s is sent once more with a new token',
  async (reason) => {
    const { client, requests, server } = await setUp((_, token) =>
      token === 'Bearer token-1' ? reason : 'ok',
    );
    expect(await client.account.updateProfile.mutate({ name: 'Ada' })).toEqual(ADA);
    expect(requests.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(server.refreshes).toBe(1);
  },
);

test('out of a batch only the refused calls are sent again, with one refresh for all', async () => {
  const { client, requests, server } = await setUp((_, token, index) =>
    token === 'Bearer token-1' && index > 0 ? 'token_expired' : 'ok',
  );
  await Promise.all([1, 2, 3].map(() => client.auth.me.query()));
  expect(requests.map(({ paths }) => paths.length)).toEqual([3, 2]);
  expect(server.refreshes).toBe(1);
});

test('a call that is refused twice fails, and is not sent a third time', async () => {
  const { client, requests } = await setUp(() => 'token_invalid');
  const failure = await client.auth.me.query().catch(readFailure);
  expect(failure).toMatchObject({ reason: 'token_invalid' });
  expect(requests).toHaveLength(2);
});

test.each([
  'validation',
  'throttled',
  'busy',
  'internal',
  'insufficient_scope',
  'invalid_credentials',
] as const)('a mutation that fails with %s is never sent again', async (reason) => {
  const { client, requests, server } = await setUp(() => reason);
  const failure = await client.account.updateProfile.mutate({ name: 'Ada' }).catch(readFailure);
  expect(failure).toMatchObject({ reason });
  expect(requests).toHaveLength(1);
  expect(server.refreshes).toBe(0);
});

test('a call that says the session is revoked ends it, without a refresh', async () => {
  const { client, tab, server } = await setUp(() => 'session_revoked');
  await client.auth.me.query().catch(readFailure);
  expect(tab.getState()).toMatchObject({ status: 'signed_out', cause: 'revoked' });
  expect(server.refreshes).toBe(0);
});

test('a call that says why the session is revoked ends it for that reason, in every tab', async () => {
  const { client, tab, more, openTab, timers } = await setUp(() => 'session_revoked');
  const other = openTab();
  await tab.signIn(async () => signedInAs(ADA, 'shared'));
  await timers.settle();
  more.ended = 'ended_elsewhere';
  await client.auth.me.query().catch(readFailure);
  await timers.settle();
  for (const { getState } of [tab, other])
    expect(getState()).toMatchObject({ status: 'signed_out', cause: 'ended_elsewhere' });
});

test('a stranger’s refused call asks for no refresh', async () => {
  const { client, tab, server, requests } = await setUp(() => 'token_missing');
  await tab.signOut();
  const failure = await client.auth.me.query().catch(readFailure);
  expect(failure).toMatchObject({ reason: 'token_missing' });
  expect(requests.map(({ authorization }) => authorization)).toEqual([null]);
  expect(server.refreshes).toBe(0);
});

test('when no new token can be had the person stays signed in and the call says so', async () => {
  const { client, tab, server } = await setUp(() => 'token_expired');
  server.refresh = async () => ({ kind: 'unavailable', connection: 'unreachable' });
  const failure = await client.auth.me.query().catch(readFailure);
  expect(failure).toMatchObject({ reason: 'unreachable' });
  expect(tab.getState()).toMatchObject({ status: 'signed_in', connection: 'unreachable' });
});

test('an answer that comes after somebody else has signed in is dropped', async () => {
  const { client, tab } = await setUp(() => 'ok');
  const call = client.auth.me.query().catch(readFailure);
  await tab.signIn(async () => signedInAs(BOB, 'bob'));
  expect(await call).toMatchObject({ reason: 'superseded' });
});

test('a call that is cancelled while it waits for a refresh is not sent with the others', async () => {
  const { client, tab, server, requests, timers } = await setUp(() => 'ok');
  server.refresh = async () => ({ kind: 'unavailable', connection: 'unreachable' });
  await timers.advance(20 * MINUTE);
  expect(tab.getState().status).toBe('signed_in');
  const cancel = new AbortController();
  const call = client.account.updateProfile
    .mutate({ name: 'Ada' }, { signal: cancel.signal })
    .catch(readFailure);
  const other = client.account.updateProfile.mutate({ name: 'Ada' });
  cancel.abort();
  await Promise.all([call, other]);
  expect(requests.map(({ paths }) => paths)).toEqual([['account.updateProfile']]);
});
