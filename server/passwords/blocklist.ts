import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { comparablePassword } from '../../shared/password-policy.ts';

/** Bytes of each entry in blocklist.bin: with some 100,000 entries one innocent password in ten million is hit. */
const ENTRY_SIZE = 5;

export interface Blocklist {
  /** Whether the password, whatever its case and Unicode form, is among those attackers try first. */
  has(password: string): boolean;
  size: number;
}

/**
 * blocklist.bin is the sorted first five bytes of each common password's SHA-256 (made by make-blocklist.mjs):
 * half a megabyte that is searched where it lies, in microseconds, instead of a set of strings on the heap.
 */
export function loadBlocklist(): Blocklist {
  const entries = readFileSync(new URL('./blocklist.bin', import.meta.url));
  const size = entries.length / ENTRY_SIZE;
  return { size, has: (password) => includes(entries, entryOf(password)) };
}

function entryOf(password: string): Buffer {
  return createHash('sha256').update(comparablePassword(password)).digest().subarray(0, ENTRY_SIZE);
}

function includes(entries: Buffer, wanted: Buffer): boolean {
  let low = 0;
  let high = entries.length / ENTRY_SIZE - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const start = middle * ENTRY_SIZE;
    const order = wanted.compare(entries, start, start + ENTRY_SIZE);
    if (order === 0) return true;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return false;
}
