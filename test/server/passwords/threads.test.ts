import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createThreads } from '../../../server/passwords/threads.ts';
import { createLogger } from '../../../server/lib/logger.ts';
import { temporaryFolder } from '../../support/folder.ts';

function threadsOn(code: string) {
  const filename = join(temporaryFolder(), 'worker.mjs');
  writeFileSync(filename, code);
  const log = createLogger('silent');
  const error = vi.spyOn(log, 'error');
  const options = { filename, minThreads: 0, maxThreads: 1, idleTimeout: 1000, maxQueue: 2, log };
  const threads = createThreads<number, number>(options);
  onTestFinished(() => threads.close());
  return { threads, error, replace: (other: string) => writeFileSync(filename, other) };
}

const DOUBLE = 'export default (task) => task * 2;';

test('a thread that cannot start is said once and makes nobody wait; the next one may', async () => {
  const { threads, error, replace } = threadsOn('throw new Error("half written");');
  const outcomes = await Promise.allSettled([threads.run(1), threads.run(2)]);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { reason: 'busy' } });
  expect(error.mock.calls).toEqual([
    [{ err: expect.objectContaining({ message: 'half written' }) }, 'a worker thread has failed'],
  ]);
  replace(DOUBLE);
  expect(await threads.run(21)).toBe(42);
});

test('a thread that dies at its work fails that work only', async () => {
  const { threads } = threadsOn('export default (task) => (task < 0 ? process.exit(3) : task);');
  await expect(threads.run(-1)).rejects.toThrow('worker exited with code: 3');
  expect(await threads.run(7)).toBe(7);
});

test('what the module throws reaches who asked', async () => {
  const { threads } = threadsOn('export default () => { throw new RangeError("too long"); };');
  await expect(threads.run(1)).rejects.toThrow('too long');
});

test('beside the one that is computed two may wait; more is refused at once', async () => {
  const { threads } = threadsOn(DOUBLE);
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((task) => threads.run(task)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  expect(outcomes.at(-1)).toMatchObject({ reason: { reason: 'busy' } });
});

test('can be closed after none could start', async () => {
  const { threads } = threadsOn('throw new Error("half written");');
  await expect(threads.run(1)).rejects.toMatchObject({ reason: 'busy' });
  await threads.close();
});
