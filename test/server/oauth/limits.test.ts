import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { createProofKey, type ProofKey } from '../../support/dpop.ts';
import { guessAtOnce, placeOf } from '../../support/guessing.ts';
import { listen } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  PASSWORD_FORM,
  post,
  refreshThrough,
  signInThrough,
  verdictOf,
} from '../../support/oauth.ts';

// The budget of passwords itself: test/advisories/09-one-budget-for-every-flow.test.ts

const THROTTLED = ['429 temporarily_unavailable', expect.stringMatching(/^[1-9]\d*$/)];

async function seen(response: Response) {
  return [await verdictOf(response), response.headers.get('retry-after')];
}

test('too many guesses are told in the words of OAuth, for any name, and when to come back', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await server.client().register();
  for (const username of ['ada@example.com', 'nobody@example.com']) {
    const guess = async () =>
      seen(await post(server, 'token', { form: { ...PASSWORD_FORM, username, password: 'wrong' } }));
    for (let count = 0; count < 5; count += 1) expect(await guess()).toEqual(['400 invalid_grant', null]);
    expect(await guess()).toEqual(['429 temporarily_unavailable', '1']);
  }
});

test('a client is known again by the key that it proves, and not by its place: whoever sits there has that too', async () => {
  const server = await listen({ RATE_LIMIT: 'on', TRUST_PROXY: '127.0.0.1' });
  await server.client().register();
  const [key, other] = [await createProofKey(), await createProofKey()];
  const signIn = async (ip: string, by?: ProofKey) => {
    const iat = Math.floor(server.clock.now() / 1000);
    const proof = by && (await by.prove({ iat, nonce: server.app.deps.dpop.nonce() }));
    const headers = { 'X-Forwarded-For': ip, 'User-Agent': 'script/1', ...(proof && { DPoP: proof }) };
    return verdictOf(await post(server, 'token', { form: PASSWORD_FORM, headers }));
  };
  expect(await signIn('203.0.113.7')).toBe('200');
  expect(await signIn('203.0.113.7', key)).toBe('200');
  await guessAtOnce(server, 20, (index) => ({ address: placeOf(index) }));
  expect(await signIn('203.0.113.7')).toBe('429 temporarily_unavailable');
  expect(await signIn('203.0.113.7', other)).toBe('429 temporarily_unavailable');
  expect(await signIn('203.0.113.8', key)).toBe('200');
});

test('clients that are not who they say are limited by address, over all endpoints; whoever is one is never', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const service = await addClient(server);
  const wrong = { ...service, secret: 'wrong' };
  const ask = async (path: string, client: typeof service) =>
    seen(await post(server, path, { form: { token: 'x' }, headers: basicOf(client) }));
  for (let count = 0; count < 70; count += 1) expect(await ask('introspect', service)).toEqual(['200', null]);
  for (let count = 0; count < 20; count += 1)
    for (const path of ['token', 'revoke', 'introspect'])
      expect(await ask(path, wrong)).toEqual(['401 invalid_client', null]);
  for (const path of ['token', 'revoke', 'introspect']) {
    expect(await ask(path, wrong)).toEqual(THROTTLED);
    expect(await ask(path, { id: 'nobody', secret: '' })).toEqual(THROTTLED);
  }
  // The address is shared by others, who must not be locked out by somebody else's failures.
  expect(await ask('introspect', service)).toEqual(['200', null]);
});

test('one session is refreshed 120 times a minute at most, and the next may come back', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await server.client().register();
  const { refreshToken } = await signInThrough(server, undefined);
  const refresh = async () => seen(await refreshThrough(server, undefined, { refresh_token: refreshToken }));
  for (let count = 0; count < 120; count += 1) expect(await refresh()).toEqual(['200', null]);
  expect(await refresh()).toEqual(THROTTLED);
});

test('whoever is not the holder of a refresh token cannot use up what its holder may do', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  await server.client().register();
  const { refreshToken } = await signInThrough(server, undefined);
  const other = await addClient(server);
  for (let count = 0; count < 121; count += 1)
    expect(await verdictOf(await refreshThrough(server, other, { refresh_token: refreshToken }))).toBe(
      '400 invalid_grant',
    );
  expect(await verdictOf(await refreshThrough(server, undefined, { refresh_token: refreshToken }))).toBe(
    '200',
  );
});

test('a DPoP proof is not even looked at when too many have come, nor for a request that is not whole', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const send = async (form: Record<string, string>) =>
    seen(await post(server, 'token', { form, headers: { DPoP: 'x' } }));
  for (let count = 0; count < 600; count += 1) await server.app.deps.limits.proofFrom('127.0.0.1');
  expect(await send(PASSWORD_FORM)).toEqual(THROTTLED);
  expect(await send({ grant_type: 'refresh_token', refresh_token: 'x' })).toEqual(THROTTLED);
  expect(await send({ grant_type: 'refresh_token' })).toEqual(['400 invalid_request', null]);
});

test('asking about tokens as nobody is limited like failing to be somebody', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const ask = async () => seen(await post(server, 'introspect', { form: { token: 'x' } }));
  for (let count = 0; count < 60; count += 1) expect(await ask()).toEqual(['401 invalid_client', null]);
  expect(await ask()).toEqual(THROTTLED);
});

test('names that are no addresses are attempts as well', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const guess = async (username: string) =>
    seen(await post(server, 'token', { form: { ...PASSWORD_FORM, username } }));
  for (let count = 0; count < 100; count += 1)
    expect(await guess(`no address ${count}`)).toEqual(['400 invalid_grant', null]);
  expect(await guess('one more')).toEqual(THROTTLED);
});

test('revoking is limited like refreshing: each token costs a look into the database', async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  for (let count = 0; count < 600; count += 1) await server.app.deps.limits.refreshFrom('127.0.0.1');
  expect(await seen(await post(server, 'revoke', { form: { token: 'x' } }))).toEqual(THROTTLED);
});

test('a full queue of passwords is busy, with when to come back, and no error of ours', async () => {
  const server = await listen({ BCRYPT_COST: '12' });
  const waiting = Array.from({ length: 41 * availableParallelism() }, () =>
    server.app.deps.hasher.hash('any'),
  );
  const settled = Promise.allSettled(waiting);
  const form = { ...PASSWORD_FORM, password: 'wrong' };
  expect(await seen(await post(server, 'token', { form }))).toEqual(['503 temporarily_unavailable', '5']);
  await server.app.close();
  await settled;
});
