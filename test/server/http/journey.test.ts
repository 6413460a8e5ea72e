import { expect, test } from 'vitest';
import { profileSchema, signedInSchema } from '../../../shared/account.ts';
import { dataOf, refusalOf } from '../../support/answers.ts';
import { MINUTE } from '../../support/clock.ts';
import { listen } from '../../support/listening.ts';

test('curl can register, read and change the profile, refresh with its cookie jar and sign out', async () => {
  const { client } = await listen();
  const ada = client();

  const registered = await ada.register('Ada@Example.com');
  expect(registered).toMatchObject({
    tokenType: 'Bearer',
    expiresIn: 900,
    scope: 'profile:read profile:write',
  });
  const profile = await dataOf(await ada.query('auth.me'), profileSchema);
  expect(profile).toEqual(registered.user);
  expect(profile).toMatchObject({ email: 'ada@example.com', emailVerified: false, name: '' });

  const changed = await ada.mutate('account.updateProfile', { name: 'Ada Lovelace' });
  expect(await dataOf(changed, profileSchema)).toEqual({ ...profile, name: 'Ada Lovelace' });

  const [firstToken, firstCookie] = [ada.bearer, ada.cookie];
  const refreshed = await dataOf(await ada.mutate('auth.refresh'), signedInSchema);
  expect(refreshed.accessToken).not.toBe(firstToken);
  expect(ada.cookie).not.toBe(firstCookie);
  ada.bearer = refreshed.accessToken;
  expect(await dataOf(await ada.query('auth.me'), profileSchema)).toMatchObject({ name: 'Ada Lovelace' });

  const lastCookie = ada.cookie;
  expect((await ada.mutate('auth.logout')).status).toBe(200);
  expect(ada.cookie).toBeUndefined();
  for (const bearer of [firstToken, refreshed.accessToken]) {
    ada.bearer = bearer;
    expect(await refusalOf(await ada.query('auth.me'))).toMatchObject({ reason: 'session_revoked' });
  }
  for (const cookie of [firstCookie, lastCookie]) {
    ada.cookie = cookie;
    expect(await refusalOf(await ada.mutate('auth.refresh'))).toMatchObject({ reason: 'session_revoked' });
  }
});

test('a body may be left out with its content type, or be empty with it', async () => {
  const { client } = await listen();
  const ada = client();
  await ada.register();
  expect((await ada.mutate('auth.refresh')).status).toBe(200);
  expect((await ada.mutate('auth.refresh', undefined, { 'Content-Type': 'application/json' })).status).toBe(
    200,
  );
});

test('an expired access token is told from a bad one, and refreshing mends it', async () => {
  const { client, clock } = await listen();
  const ada = client();
  await ada.register();
  clock.advance(15 * MINUTE);
  expect(await refusalOf(await ada.query('auth.me'))).toMatchObject({
    reason: 'token_expired',
    httpStatus: 401,
  });
  ada.bearer = (await dataOf(await ada.mutate('auth.refresh'), signedInSchema)).accessToken;
  expect((await ada.query('auth.me')).status).toBe(200);
});

test('a response that was lost is given again: the same cookie, whoever asks first', async () => {
  const { client } = await listen();
  const [ada, again] = [client(), client()];
  await ada.register();
  again.cookie = ada.cookie;
  await Promise.all([ada.mutate('auth.refresh'), again.mutate('auth.refresh')]);
  expect(again.cookie).toBe(ada.cookie);
  expect((await ada.mutate('auth.refresh')).status).toBe(200);
});
