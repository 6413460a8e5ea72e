import { readFileSync } from 'node:fs';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadBlocklist } from '../../../server/passwords/blocklist.ts';

const blocklist = loadBlocklist();
const common = readFileSync(
  new URL('../../data/passwords/seclists-top-1M-len15plus.txt', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '');

/** The same letters as a Japanese keyboard in full-width mode types them: U+FF01 to U+FF5E. */
function fullWidth(text: string): string {
  return text.replaceAll(/[!-~]/g, (character) => String.fromCodePoint(character.charCodeAt(0) + 0xfee0));
}

describe('the blocklist', () => {
  test('has at least 100,000 entries', () => {
    expect(blocklist.size).toBeGreaterThanOrEqual(100_000);
    expect(Number.isInteger(blocklist.size)).toBe(true);
  });

  test.each([
    ['as it stands', (line: string) => line],
    ['in upper case', (line: string) => line.toUpperCase()],
    ['in lower case', (line: string) => line.toLowerCase()],
    ['decomposed', (line: string) => line.normalize('NFD')],
    ['in full width', fullWidth],
    ['in full width and upper case', (line: string) => fullWidth(line.toUpperCase())],
  ])('refuses every published common password of 15 characters or more, %s', (_, write) => {
    expect(common.length).toBeGreaterThan(9000);
    expect(common.filter((line) => !blocklist.has(write(line)))).toEqual([]);
  });

  test('refuses the short ones that a lower minimum would let through', () => {
    for (const password of ['password', 'Password1', '12345678', 'qwertyuiop', 'iloveyou'])
      expect(blocklist.has(password), password).toBe(true);
  });

  test('lets passphrases and random text pass', () => {
    const word = fc.constantFrom(...wordlist);
    const passphrase = fc.array(word, { minLength: 4, maxLength: 8 }).map((words) => words.join(' '));
    const noise = fc.string({ minLength: 15, maxLength: 60 });
    // A fixed seed: one innocent password in ten million is taken for a common one, by design.
    fc.assert(
      fc.property(fc.oneof(passphrase, noise), (password) => !blocklist.has(password)),
      { seed: 20261124, numRuns: 5000 },
    );
  });
});
