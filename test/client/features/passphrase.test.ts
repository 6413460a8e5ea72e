import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePassphrase } from '../../../client/features/register/passphrase.ts';
import { findPasswordProblem, type PolicyContext } from '../../../shared/password-policy.ts';
import { estimateStrength } from '../../../shared/password-strength.mjs';

const fillRandom = (numbers: Uint32Array<ArrayBuffer>) => void crypto.getRandomValues(numbers);

/** Gives these numbers, one a call. */
const numbersFrom = (source: number[]) => (numbers: Uint32Array<ArrayBuffer>) =>
  numbers.fill(source.shift() ?? 0);

test('six words of the list, joined so that they can be read and typed', () => {
  const passphrase = makePassphrase({ words: wordlist, fillRandom }, { minLength: 15, email: '' });
  const words = passphrase.split('-');
  expect(words).toHaveLength(6);
  expect(words.filter((word) => !wordlist.includes(word))).toEqual([]);
});

test('the policy accepts it, whatever the least length and whoever asks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 64 }), fc.emailAddress(), (minLength, email) => {
      const passphrase = makePassphrase({ words: wordlist, fillRandom }, { minLength, email });
      expect(findPasswordProblem(passphrase, { minLength, email })).toBeUndefined();
    }),
  );
});

test('numbers that would favour some words are thrown away', () => {
  const words = ['first-word', 'second-word', 'third-word'];
  // 2^32 is no multiple of 3: the last number of all stands alone and must not be used.
  const random = numbersFrom([2 ** 32 - 1, 2, 1, 2 ** 32 - 1, 0, 2, 1, 0]);
  const passphrase = makePassphrase({ words, fillRandom: random }, { minLength: 15, email: '' });
  expect(passphrase).toBe(
    ['third', 'second', 'first', 'third', 'second', 'first'].map((n) => `${n}-word`).join('-'),
  );
});

test('words are added until the estimate is content, where it is there already', () => {
  const words = ['spring', 'summer', 'autumn', 'winter', 'lantern', 'oyster', 'copper'];
  const make = (context: PolicyContext) =>
    makePassphrase({ words, fillRandom: numbersFrom([0, 1, 2, 3, 0, 1, 4, 5, 6]) }, context);
  const context = { minLength: 15, email: '' };
  expect(make(context)).toBe('spring-summer-autumn-winter-spring-summer');
  expect(make({ ...context, estimateStrength })).toBe(
    'spring-summer-autumn-winter-spring-summer-lantern-oyster',
  );
});
