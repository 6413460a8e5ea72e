import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readLines } from '../../../server/lib/lines.ts';

const MEBIBYTE = 1024 * 1024;

/** Asked for, because engines differ in how much they let gather before they collect of themselves. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

test('a line of 400 MiB is counted and not held', async () => {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  let highest = 0;
  async function* chunks() {
    for (let count = 0; count < 400; count += 1) {
      yield Buffer.alloc(MEBIBYTE, 'x');
      if (count % 100 < 99) continue;
      collectGarbage();
      highest = Math.max(highest, process.memoryUsage().arrayBuffers);
    }
    yield Buffer.from('\nnext');
  }
  const lines = [];
  for await (const line of readLines(chunks(), 1000)) lines.push(line);
  expect(lines).toEqual([
    { number: 1, text: undefined, isUtf8: true },
    { number: 2, text: 'next', isUtf8: true },
  ]);
  expect(highest - before).toBeLessThan(50 * MEBIBYTE);
});

test('a line may be as long as the limit, and not longer', async () => {
  async function* chunks() {
    yield Buffer.from('1234\n12345\n');
  }
  const texts = [];
  for await (const { text } of readLines(chunks(), 4)) texts.push(text);
  expect(texts).toEqual(['1234', undefined]);
});
