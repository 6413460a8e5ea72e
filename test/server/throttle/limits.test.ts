import { describe, expect, test } from 'vitest';
import { inTransaction } from '../../../server/db/transaction.ts';
import type { Limits } from '../../../server/throttle/limits.ts';
import { HOUR } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, type World } from '../../support/world.ts';

async function limitedWorld(): Promise<{ world: World; limits: Limits }> {
  const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
  return { world, limits: world.app.deps.limits };
}

/** How many calls pass before one is throttled; stops at `most`. */
async function callsUntilThrottled(call: () => Promise<void>, most = 1000): Promise<number> {
  for (let count = 0; count < most; count += 1) if ((await outcomeOf(call())) === 'throttled') return count;
  return most;
}

test.each<[string, (limits: Limits, subject: string) => Promise<void>, number]>([
  ['registration from one address', (limits, ip) => limits.register(ip), 30],
  ['asking for links from one address', (limits, ip) => limits.forgotFrom(ip), 30],
  ['refreshing from one address', (limits, ip) => limits.refreshFrom(ip), 600],
  ['refreshing one session', (limits, id) => limits.refreshOf(id), 120],
  ['DPoP proofs from one address', (limits, ip) => limits.proofFrom(ip), 600],
  ['clients that fail, of one address', (limits, ip) => limits.clientFailed(ip), 60],
  ['redeeming links from one address', (limits, ip) => limits.mailTokenFrom(ip), 60],
  ['exporting one account', (limits, id) => limits.exportOf(id), 10],
])('%s is limited', async (_, call, allowed) => {
  const { limits } = await limitedWorld();
  expect(await callsUntilThrottled(() => call(limits, '192.0.2.1'))).toBe(allowed);
  expect(await outcomeOf(call(limits, '192.0.2.2'))).toBe('succeeded');
});

test.each<[string, (limits: Limits) => Promise<void>]>([
  ['registration', (limits) => limits.register('192.0.2.1')],
  ['asking for links', (limits) => limits.forgotFrom('192.0.2.1')],
])('%s is there again after an hour, as was said', async (_, call) => {
  const { world, limits } = await limitedWorld();
  await call(limits);
  world.clock.advance(HOUR / 2);
  expect(await callsUntilThrottled(() => call(limits))).toBe(29);
  await expect(call(limits)).rejects.toMatchObject({ retryAfter: 1800 });
  world.clock.advance(HOUR / 2 - 1);
  await expect(call(limits)).rejects.toMatchObject({ retryAfter: 1 });
  world.clock.advance(1);
  expect(await callsUntilThrottled(() => call(limits))).toBe(30);
});

describe('other people’s mailboxes', () => {
  test.each([
    ['notices of one account', 'mayMail', 5],
    ['links to one address', 'mayMailAddress', 3],
  ] as const)('are spared: %s an hour', async (_, mayMail, allowed) => {
    const { world, limits } = await limitedWorld();
    const { db } = world.app.deps;
    const ask = (subject: string) => inTransaction(db, (trx) => limits[mayMail](trx, subject));
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('ada')));
    expect(answers.filter(Boolean)).toHaveLength(allowed);
    expect(await ask('grace')).toBe(true);
    world.clock.advance(HOUR);
    expect(await ask('ada')).toBe(true);
  });

  test('have nothing of mail that was not sent, since its transaction was undone', async () => {
    const { world, limits } = await limitedWorld();
    const lost = () =>
      inTransaction(world.app.deps.db, async (trx) => {
        expect(await limits.mayMailAddress(trx, 'ada@example.com')).toBe(true);
        throw new Error('lost');
      });
    for (let count = 0; count < 4; count += 1) await expect(lost()).rejects.toThrow('lost');
  });
});
