import { describe, expect, test } from 'vitest';
import { createLimits, type Limits } from '../../../server/throttle/limits.ts';
import { outcomeOf } from '../../support/reasons.ts';

/** How many calls pass before one is throttled; stops at `most`. */
async function callsUntilThrottled(call: (index: number) => Promise<void>, most = 1000): Promise<number> {
  for (let count = 0; count < most; count += 1) {
    if ((await outcomeOf(call(count))) === 'throttled') return count;
  }
  return most;
}

describe('sign-in is limited', () => {
  const email = 'ada@example.com';
  const addressOf = (index: number) => `198.51.${Math.floor(index / 250)}.${index % 250}`;
  const cases: [string, (limits: Limits) => (index: number) => Promise<void>, number][] = [
    ['at one account from one address', (limits) => () => limits.signIn('192.0.2.1', email), 10],
    ['at one account from many addresses', (limits) => (i) => limits.signIn(addressOf(i), email), 30],
    [
      'at many accounts from one address',
      (limits) => (i) => limits.signIn('192.0.2.1', `a${i}@example.com`),
      100,
    ],
    ['within one IPv6 /64', (limits) => (i) => limits.signIn(`2001:db8::${i.toString(16)}`, email), 10],
    ['from callers without an address', (limits) => () => limits.signIn('', email), 10],
  ];
  test.each(cases)('%s', async (_, callOf, allowed) => {
    expect(await callsUntilThrottled(callOf(createLimits()))).toBe(allowed);
  });

  test('but the owner who gets it right is not', async () => {
    const limits = createLimits();
    for (let count = 0; count < 500; count += 1) {
      await limits.signIn('192.0.2.1', email);
      await limits.signInSucceeded('192.0.2.1', email);
    }
  });

  test('and says how long to wait, in whole seconds', async () => {
    const limits = createLimits();
    const call = () => limits.signIn('192.0.2.1', email);
    await callsUntilThrottled(call);
    await expect(call()).rejects.toMatchObject({ reason: 'throttled', retryAfter: 900 });
  });
});

test.each([
  ['registration from one address', (limits: Limits) => limits.register('192.0.2.1'), 30],
  ['refreshing from one address', (limits: Limits) => limits.refreshFrom('192.0.2.1'), 600],
  ['refreshing one session', (limits: Limits) => limits.refreshOf('session'), 120],
])('%s is limited', async (_, call, allowed) => {
  const limits = createLimits();
  expect(await callsUntilThrottled(() => call(limits))).toBe(allowed);
});
