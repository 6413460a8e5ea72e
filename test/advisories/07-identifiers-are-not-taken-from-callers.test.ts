import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { listSessions, readAccount } from '../support/accounts.ts';
import { outcomeOf } from '../support/reasons.ts';
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
  const { user } = await world.visitor().api.auth.register(registered);
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
