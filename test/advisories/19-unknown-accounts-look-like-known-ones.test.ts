import { describe, expect, test } from 'vitest';
import { alterAccount } from '../support/accounts.ts';
import { errorShapeOf } from '../support/error-shape.ts';
import { watchStatements, type WatchedStatements } from '../support/statements.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../support/world.ts';

// supabase/auth#2674, Kratos, SuperTokens. Registration without mail says `conflict`: the contract's choice.

/** Everything that can be told apart from outside, and the work that decides the time it takes. */
async function trace(world: World, seen: WatchedStatements, email: string) {
  seen.reset();
  const before = world.app.deps.hasher.computations();
  const answer = await errorShapeOf(world.visitor().api.auth.login({ email, password: 'wrong password' }));
  return {
    answer,
    computations: world.app.deps.hasher.computations() - before,
    statements: [...seen.executed],
  };
}

describe('a wrong sign-in', () => {
  test.each([
    { RATE_LIMIT: 'off', count: 1 },
    // The guess is counted first: a transaction of its own.
    { RATE_LIMIT: 'on', count: 5 },
  ])('has the same answer, hash computations and statements whatever account it is for (%o)', async (row) => {
    const world = await createWorld({ env: { RATE_LIMIT: row.RATE_LIMIT } });
    const changes: Record<string, Parameters<typeof alterAccount>[2]> = {
      'known@example.com': { name: 'known' },
      'disabled@example.com': { disabled_at: 1 },
      'passwordless@example.com': { password_hash: null },
      'corrupt@example.com': { password_hash: 'corrupt' },
    };
    for (const [email, change] of Object.entries(changes)) {
      await world.visitor().register(email);
      await alterAccount(world, email, change);
    }
    const seen = watchStatements();
    const unknown = await trace(world, seen, 'unknown@example.com');
    expect(unknown.computations).toBe(1);
    expect(unknown.statements).toHaveLength(row.count);
    for (const email of Object.keys(changes)) expect(await trace(world, seen, email), email).toEqual(unknown);
  });
});

test('the right password of a disabled account is answered like a wrong one', async () => {
  const world = await createWorld();
  await world.visitor().register();
  await alterAccount(world, 'ada@example.com', { disabled_at: 1 });
  const { api } = world.visitor();
  const right = await errorShapeOf(api.auth.login({ email: 'ada@example.com', password: GOOD_PASSWORD }));
  const wrong = await errorShapeOf(api.auth.login({ email: 'ada@example.com', password: 'wrong' }));
  expect(right).toEqual(wrong);
});

test('a dummy computation costs what a new hash costs: it is made at the configured cost', async () => {
  const world = await createWorld({ env: { BCRYPT_COST: '5' } });
  const { hasher } = world.app.deps;
  expect(await hasher.hash('x')).toContain(',r=5$');
  expect(await hasher.verify('x', undefined)).toEqual({ matches: false, rehash: false });
});
