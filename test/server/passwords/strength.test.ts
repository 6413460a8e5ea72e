import { afterAll, expect, test } from 'vitest';
import { createStrengthEstimator } from '../../../server/passwords/strength.ts';
import { estimateStrength } from '../../../shared/password-strength.mjs';

const strength = createStrengthEstimator();
afterAll(() => strength.close());

test('the thread comes to what the browser comes to', async () => {
  for (const password of ['a lantern for the long night', 'lovelace password', 'qwertyuiop[]asdfg'])
    expect(await strength.estimate(password, ['lovelace'])).toEqual(estimateStrength(password, ['lovelace']));
});

test('of more passwords than can wait the last are told to come back, at once', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 600 }, (_, index) => strength.estimate(`lantern ${index}`, [])),
  );
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(100);
  for (const outcome of refused)
    expect(outcome).toMatchObject({ reason: { reason: 'busy', retryAfter: expect.any(Number) } });
  expect(outcomes.at(-1)?.status).toBe('rejected');
});
