import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { listSessions, readAccount } from '../support/accounts.ts';
import { listen } from '../support/listening.ts';
import {
  addClient,
  basicOf,
  introspect,
  PASSWORD_FORM,
  post,
  refreshThrough,
  signInThrough,
  tokensOf,
  userinfoVerdict,
  verdictOf,
} from '../support/oauth.ts';
import { outcomeOf } from '../support/reasons.ts';
import { requireSignedIn } from '../support/letters.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// better-auth CVE-2025-61928

test('whatever id of somebody else comes along in the input, each call is about the caller', async () => {
  const world = await createWorld();
  const ada = world.visitor();
  await ada.register('ada@example.com');
  const eve = world.visitor();
  await eve.register('eve@example.com');
  const { sub, sid } = decodeJwt<{ sid: string }>(ada.bearer ?? '');
  const theirs = { id: sub, userId: sub, accountId: sub, account_id: sub, sub, sid, sessionId: sid };
  const before = await readAccount(world, 'ada@example.com');

  const changed = await eve.api.account.updateProfile({ ...theirs, name: 'Eve' });
  expect(changed.email).toBe('eve@example.com');
  expect(await readAccount(world, 'ada@example.com')).toEqual(before);

  const change = { currentPassword: GOOD_PASSWORD, newPassword: 'another lantern, another night' };
  eve.bearer = (await eve.api.account.changePassword({ ...theirs, ...change })).accessToken;
  expect((await readAccount(world, 'ada@example.com')).password_hash).toBe(before.password_hash);

  expect(await outcomeOf(eve.api.sessions.revoke({ ...theirs, id: sid }))).toBe('not_found');
  expect((await eve.api.sessions.list()).map(({ id }) => id)).not.toContain(sid);
  await eve.api.sessions.revokeOthers();

  const signedIn = { ...theirs, email: 'eve@example.com', password: change.newPassword };
  expect((await eve.api.auth.login(signedIn)).user.email).toBe('eve@example.com');

  const registered = { ...theirs, email: 'new@example.com', password: GOOD_PASSWORD };
  const { user } = requireSignedIn(await world.visitor().api.auth.register(registered));
  expect(user.id).not.toBe(sub);

  expect(await outcomeOf(ada.api.auth.me())).toBe('succeeded');
  const adas = (await listSessions(world)).filter(({ account_id }) => account_id === sub);
  expect(adas).toMatchObject([{ id: sid, revoked_at: null, generation: 0 }]);
});

test('a session’s id alone, without its tag, neither refreshes nor ends it', async () => {
  const world = await createWorld();
  const ada = world.visitor();
  await ada.register();
  const eve = world.visitor();
  eve.cookie = `spr_${Buffer.concat([
    Buffer.from(ada.cookie?.slice(4) ?? '', 'base64url').subarray(0, 21),
    Buffer.alloc(32),
  ]).toString('base64url')}`;
  expect(await outcomeOf(eve.api.auth.refresh())).toBe('token_invalid');
  await eve.api.auth.logout();
  expect(await listSessions(world)).toMatchObject([{ revoked_at: null, generation: 0 }]);
});

describe('a client is who it proves to be', () => {
  async function withTwoClients() {
    const server = await listen();
    await server.client().register();
    const mine = await addClient(server);
    const theirs = await addClient(server);
    return { server, mine, theirs, held: await signInThrough(server, theirs) };
  }

  test('whatever identifiers come along in the form, the tokens are of the client that showed its secret', async () => {
    const { server, mine, theirs } = await withTwoClients();
    const named = {
      clientId: theirs.id,
      'client-id': theirs.id,
      azp: theirs.id,
      sub: theirs.id,
      aud: theirs.id,
    };
    const form = { ...PASSWORD_FORM, ...named, username: 'ada@example.com' };
    const { access_token: token } = await tokensOf(
      await post(server, 'token', { form, headers: basicOf(mine) }),
    );
    expect(decodeJwt(token)).toMatchObject({ client_id: mine.id, aud: 'http://localhost:3000' });
  });

  test('the name of another beside one’s own secret is refused, in the header and in the body', async () => {
    const { server, mine, theirs, held } = await withTwoClients();
    const mixed = { id: theirs.id, secret: mine.secret };
    const form = { grant_type: 'refresh_token', refresh_token: held.refreshToken, token: held.accessToken };
    for (const path of ['token', 'revoke', 'introspect']) {
      const ask = async (more: Record<string, string>, headers: Record<string, string> = {}) =>
        verdictOf(await post(server, path, { form: { ...form, ...more }, headers }));
      expect(await ask({}, basicOf(mixed))).toBe('401 invalid_client');
      expect(await ask({ client_id: mixed.id, client_secret: mixed.secret })).toBe('401 invalid_client');
      expect(await ask({ client_id: theirs.id }, basicOf(mine))).toBe('400 invalid_request');
    }
    expect(await userinfoVerdict(server, held.accessToken)).toBe('200');
  });

  test('with one’s own name and secret, another’s tokens are neither renewed nor ended nor told of', async () => {
    const { server, mine, theirs, held } = await withTwoClients();
    const refreshed = await refreshThrough(server, mine, { refresh_token: held.refreshToken });
    expect(await verdictOf(refreshed)).toBe('400 invalid_grant');
    for (const token of [held.accessToken, held.refreshToken]) {
      const revoked = await post(server, 'revoke', { form: { token }, headers: basicOf(mine) });
      expect(await verdictOf(revoked)).toBe('400 invalid_grant');
    }
    expect(await introspect(server, mine, held.refreshToken)).toEqual({ active: false });
    expect(await introspect(server, theirs, held.refreshToken)).toMatchObject({ active: true });
    expect(await userinfoVerdict(server, held.accessToken)).toBe('200');
  });

  test('userinfo is about the token’s subject, whoever is named in the URL', async () => {
    const { server, held } = await withTwoClients();
    const { user } = await server.client().register('eve@example.com');
    const query = new URLSearchParams({
      sub: user.id,
      user_id: user.id,
      email: 'eve@example.com',
    }).toString();
    const answer = await fetch(`${server.base}/oauth/userinfo?${query}`, {
      headers: { Authorization: `Bearer ${held.accessToken}` },
    });
    expect(await answer.json()).toMatchObject({ email: 'ada@example.com' });
  });
});
