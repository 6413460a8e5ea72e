import { describe, expect, test } from 'vitest';
import { alterAccount, readAccount } from '../support/accounts.ts';
import { takeLastingDatabase } from '../support/database.ts';
import { outcomeOf } from '../support/reasons.ts';
import { SECRET } from '../support/secret.ts';
import { createWorld, type World } from '../support/world.ts';

// better-auth 1.6 → 1.7

const EMAIL = 'ada@example.com';

async function restart(world: World, env: Record<string, string>): Promise<World> {
  await world.app.close();
  return createWorld({ env, clock: world.clock });
}

describe('every form of hash that was ever written or imported still opens', () => {
  // Passlib's and Openwall's published vectors (test/data/bcrypt); the row of one letter is their salt.
  test.each([
    ['$2a$', 'U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
    ['$2b$', 'U*U*U', '$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
    ['$2y$', 'U*U*U', '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
    ['v1', 'password', '$bcrypt-sha256$2b,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu'],
    ['v2', 'password', '$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS'],
  ])('%s, and again after it was renewed', async (_, password, stored) => {
    const world = await createWorld();
    await world.visitor().register(EMAIL);
    await alterAccount(world, EMAIL, { password_hash: stored });
    expect(await outcomeOf(world.visitor().signIn(EMAIL, password))).toBe('succeeded');
    expect(await outcomeOf(world.visitor().signIn(EMAIL, password))).toBe('succeeded');
    expect(await outcomeOf(world.visitor().signIn(EMAIL, `${password}x`))).toBe('invalid_credentials');
  });
});

test('a higher cost renews hashes one by one, and a lower one leaves them', async () => {
  const env = { DATABASE_URL: await takeLastingDatabase() };
  const first = await createWorld({ env });
  await first.visitor().register(EMAIL);
  const raised = await restart(first, { ...env, BCRYPT_COST: '5' });
  expect(await outcomeOf(raised.visitor().signIn())).toBe('succeeded');
  const { password_hash } = await readAccount(raised, EMAIL);
  expect(password_hash).toContain(',r=5$');
  const lowered = await restart(raised, env);
  expect(await outcomeOf(lowered.visitor().signIn())).toBe('succeeded');
  expect((await readAccount(lowered, EMAIL)).password_hash).toBe(password_hash);
});

test('a session goes on under a new secret while the old one is still listed', async () => {
  const env = { DATABASE_URL: await takeLastingDatabase() };
  const world = await createWorld({ env });
  const browser = world.visitor();
  await browser.register();
  const rotated = await restart(world, { ...env, AUTH_SECRET: `new-${SECRET},${SECRET}` });
  const same = rotated.visitor();
  [same.cookie, same.bearer] = [browser.cookie, browser.bearer];
  expect(await outcomeOf(same.api.auth.me())).toBe('succeeded');
  expect(await outcomeOf(same.api.auth.refresh())).toBe('succeeded');
  expect(await outcomeOf(same.api.auth.refresh())).toBe('succeeded');
});
