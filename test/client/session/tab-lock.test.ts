import { expect, test } from 'vitest';
import { createTabLock } from '../../../client/lib/session/tab-lock.ts';
import { createDelayed } from '../support/browser.ts';
import { createLocks } from '../support/locks.ts';
import { createManualTimers } from '../support/timers.ts';

function setUp({ locks }: { locks: Pick<LockManager, 'request'> | undefined } = { locks: createLocks() }) {
  const timers = createManualTimers();
  return { timers, lock: createTabLock({ locks, name: 'refresh', patience: 5000, timers }) };
}

test('the first comes through at once, the second after it and knows that it has waited', async () => {
  const { timers, lock } = setUp();
  const first = createDelayed<string>();
  const order: string[] = [];
  const one = lock.run(async ({ waited }) => order.push(`first, waited: ${waited}, ${await first.promise}`));
  const two = lock.run(async ({ waited }) => order.push(`second, waited: ${waited}`));
  await timers.settle();
  first.answer('done');
  await Promise.all([one, two]);
  expect(order).toEqual(['first, waited: false, done', 'second, waited: true']);
});

test('work runs once and its failure is its own, with the lock and without', async () => {
  for (const { lock } of [setUp(), setUp({ locks: undefined })]) {
    let runs = 0;
    const failing = lock.run(async () => {
      runs += 1;
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(runs).toBe(1);
  }
});

test('a browser that refuses locks altogether does not stop the work', async () => {
  const refusing = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  const { lock } = setUp({ locks: refusing });
  expect(await lock.run(async () => 'done')).toBe('done');
});

test('asking for the lock while holding it goes on after the patience, instead of never', async () => {
  const { timers, lock } = setUp();
  const nested = lock.run(() => lock.run(async () => 'inner'));
  await timers.advance(5000);
  expect(await nested).toBe('inner');
});
