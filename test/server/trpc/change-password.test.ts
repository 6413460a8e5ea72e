import { describe, expect, test, vi } from 'vitest';
import { alterAccount, listSessions, readAccount } from '../../support/accounts.ts';
import { MINUTE } from '../../support/clock.ts';
import { lettersTo } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD, type WorldOptions } from '../../support/world.ts';

const NEW_PASSWORD = 'another lantern, another night';
const change = { currentPassword: GOOD_PASSWORD, newPassword: NEW_PASSWORD };

async function twoDevices(options?: WorldOptions) {
  const world = await createWorld(options);
  const laptop = world.visitor();
  await laptop.register();
  const phone = world.visitor();
  await phone.signIn();
  world.clock.advance(MINUTE);
  return { world, laptop, phone };
}

describe('changing the password', () => {
  test('ends every other session and keeps this one with a new refresh token', async () => {
    const { world, laptop, phone } = await twoDevices();
    const before = laptop.cookie;
    laptop.bearer = (await laptop.api.account.changePassword(change)).accessToken;
    expect(laptop.cookie).not.toBe(before);
    expect(await outcomeOf(laptop.api.auth.me())).toBe('succeeded');
    expect(await outcomeOf(laptop.api.auth.refresh())).toBe('succeeded');
    const refusal = { cause: { reason: 'session_revoked', ended: 'password_changed' } };
    await expect(phone.api.auth.me()).rejects.toMatchObject(refusal);
    await expect(phone.api.auth.refresh()).rejects.toMatchObject(refusal);
    expect(await outcomeOf(world.visitor().signIn())).toBe('invalid_credentials');
    expect(await outcomeOf(world.visitor().signIn('ada@example.com', NEW_PASSWORD))).toBe('succeeded');
    const reasons = (await listSessions(world)).map(({ revoked_reason }) => revoked_reason);
    expect(reasons.filter((reason) => reason !== null)).toEqual(['password_changed']);
    expect(await listEvents(world, 'password_changed')).toMatchObject([{ ip: '203.0.113.7' }]);
    expect(lettersTo(world, 'ada@example.com').map(({ subject }) => subject)).toContain(
      'Your Sallyport password was changed',
    );
  });

  test('needs the current one, and a wrong guess changes nothing', async () => {
    const { world, laptop, phone } = await twoDevices();
    const [account, sessions] = [await readAccount(world, 'ada@example.com'), await listSessions(world)];
    const guess = { ...change, currentPassword: 'not the password at all' };
    expect(await outcomeOf(laptop.api.account.changePassword(guess))).toBe('invalid_credentials');
    expect(await readAccount(world, 'ada@example.com')).toEqual(account);
    expect(await listSessions(world)).toEqual(sessions);
    expect(await outcomeOf(phone.api.auth.me())).toBe('succeeded');
  });

  test('takes no weak one, and says so of the right field', async () => {
    const { laptop } = await twoDevices();
    const call = laptop.api.account.changePassword({ ...change, newPassword: 'short' });
    await expect(call).rejects.toMatchObject({
      cause: { reason: 'weak_password', issues: [{ path: ['newPassword'] }] },
    });
  });

  test('takes none that is made of the own name', async () => {
    const { world, laptop } = await twoDevices();
    await alterAccount(world, 'ada@example.com', { name: 'Ada Wojciechowska' });
    const call = laptop.api.account.changePassword({ ...change, newPassword: 'Wojciechowska1987' });
    await expect(call).rejects.toMatchObject({
      cause: { reason: 'weak_password', issues: [{ path: ['newPassword'], code: 'guessable_personal' }] },
    });
  });

  test('is no way around the limits on guessing', async () => {
    const { laptop } = await twoDevices({ env: { RATE_LIMIT: 'on' } });
    const guess = () =>
      outcomeOf(laptop.api.account.changePassword({ ...change, currentPassword: 'not the password at all' }));
    const outcomes: string[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) outcomes.push(await guess());
    expect(outcomes.at(-1)).toBe('throttled');
    expect(await outcomeOf(laptop.signIn())).toBe('throttled');
  });

  test('costs one hash computation for the check and one for the new hash', async () => {
    const { world, laptop } = await twoDevices();
    const before = world.app.deps.hasher.computations();
    await laptop.api.account.changePassword(change);
    expect(world.app.deps.hasher.computations() - before).toBe(2);
  });

  test('twice at once succeeds once: the second has verified what no longer holds', async () => {
    const { world, laptop, phone } = await twoDevices();
    const outcomes = await Promise.all([
      outcomeOf(laptop.api.account.changePassword(change)),
      outcomeOf(phone.api.account.changePassword({ ...change, newPassword: 'a third one, of all things' })),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'succeeded')).toHaveLength(1);
    expect((await listSessions(world)).filter(({ revoked_at }) => revoked_at === null)).toHaveLength(1);
  });

  test('twice at once from two tabs of one session succeeds once, too', async () => {
    const { world, laptop } = await twoDevices();
    const tab = Object.assign(world.visitor(), { cookie: laptop.cookie, bearer: laptop.bearer });
    const other = { ...change, newPassword: 'a third one, of all things' };
    const outcomes = await Promise.all([
      outcomeOf(laptop.api.account.changePassword(change)),
      outcomeOf(tab.api.account.changePassword(other)),
    ]);
    expect(outcomes.toSorted()).toEqual(['invalid_credentials', 'succeeded']);
    const winner = outcomes[0] === 'succeeded' ? change : other;
    expect(await outcomeOf(world.visitor().signIn('ada@example.com', winner.newPassword))).toBe('succeeded');
  });

  test('while a sign-in with the old one is being checked lets that one in nowhere', async () => {
    const { world, laptop } = await twoDevices();
    const late = world.visitor();
    const [changed, signedIn] = await Promise.all([
      outcomeOf(laptop.api.account.changePassword(change)),
      outcomeOf(late.signIn()),
    ]);
    expect(changed).toBe('succeeded');
    // Before the change it was let in, and put out by it; after it, it never was.
    expect(['invalid_credentials', 'succeeded']).toContain(signedIn);
    if (signedIn === 'succeeded') expect(await outcomeOf(late.api.auth.me())).toBe('session_revoked');
  });

  test('goes on when a sign-in renews the hash meanwhile, which is no change of the password', async () => {
    const { world, laptop } = await twoDevices();
    // Of another system, as an import leaves it: the next sign-in renews it.
    const password = 'U*U*U';
    const imported = '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a';
    await alterAccount(world, 'ada@example.com', { password_hash: imported });
    const [changed, signedIn] = await Promise.all([
      outcomeOf(laptop.api.account.changePassword({ currentPassword: password, newPassword: NEW_PASSWORD })),
      outcomeOf(world.visitor().signIn('ada@example.com', password)),
    ]);
    expect(changed).toBe('succeeded');
    expect(['succeeded', 'invalid_credentials']).toContain(signedIn);
  });

  test('is not for a session that has ended meanwhile, nor for a disabled account', async () => {
    const { world, laptop, phone } = await twoDevices();
    const account = await readAccount(world, 'ada@example.com');
    const { hasher } = world.app.deps;
    const verify = hasher.verify.bind(hasher);
    vi.spyOn(hasher, 'verify').mockImplementationOnce(async (given, stored) => {
      await laptop.api.sessions.revokeOthers();
      return verify(given, stored);
    });
    expect(await outcomeOf(phone.api.account.changePassword(change))).toBe('session_revoked');
    await alterAccount(world, 'ada@example.com', { disabled_at: 1 });
    expect(await outcomeOf(laptop.api.account.changePassword(change))).toBe('session_revoked');
    expect((await readAccount(world, 'ada@example.com')).password_hash).toBe(account.password_hash);
  });
});
