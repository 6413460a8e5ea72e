import { expect, onTestFinished, test, vi } from 'vitest';
import { DAY, MINUTE } from '../../support/clock.ts';
import { readKeys } from '../../support/key-ring.ts';
import { createWorld } from '../../support/world.ts';

test('a running server tends to its keys of itself, once a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { app, clock } = await createWorld({ background: true });
  const count = () => readKeys(app.deps.keys).length;
  clock.advance(30 * DAY);
  expect(count()).toBe(1);
  await vi.advanceTimersByTimeAsync(MINUTE);
  // The key is made in a thread of its own, which no timer drives.
  await vi.waitUntil(() => count() === 2, { timeout: 20_000, interval: 20 });
});
