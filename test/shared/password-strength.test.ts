import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPasswordProblem } from '../../shared/password-policy.ts';
import { estimateStrength } from '../../shared/password-strength.mjs';
import { anyText } from '../support/arbitrary.ts';

describe('the estimate', () => {
  test('is a number also where the words are what every object knows', () => {
    const word = fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      'rotcurtsnoc',
      'c0n$tructor',
      '-',
      'a1',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.array(word), (words, personal) => {
        const { guesses } = estimateStrength(words.join(''), personal);
        expect(guesses).toBeGreaterThan(0);
      }),
    );
    for (const password of ['constructor constructor', 'constructor2026', '__proto____proto__'])
      expect(findPasswordProblem(password, { minLength: 15, email: '', estimateStrength })).toMatch(
        /^guessable/,
      );
  });

  test('is a number for any text and whatever is known of its owner', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 100 }), fc.array(anyText({ maxLength: 20 })), (password, personal) => {
        expect(estimateStrength(password, personal).guesses).toBeGreaterThan(0);
      }),
    );
  });

  test.each([
    ['words', 'lanternpurplemonkeydishwasher'],
    ['l33t', 'p4$$w0rd1!|<4@8({['],
    ['digits', '0112358132134'],
    ['repeats of repeats', 'aabaabaaabaab'],
  ])('looks at 64 characters and no more, however many are sent: %s', (_, part) => {
    const password = part.repeat(20).slice(0, 256);
    expect(estimateStrength(password, [])).toEqual(estimateStrength(password.slice(0, 64), []));
    expect(estimateStrength(password, [])).not.toEqual(estimateStrength(password.slice(0, 60), []));
  });

  test.each([
    ['in full width', '\uff30\uff41\uff53\uff53\uff57\uff4f\uff52\uff44 2026', 'Password 2026'],
    ['with a ligature', '\ufb01sh and \ufb02ower', 'fish and flower'],
  ])('is the same for any Unicode form: %s', (_, typed, plain) => {
    expect(estimateStrength(typed, [])).toEqual(estimateStrength(plain, []));
  });

  test('sees through signs that stand for letters, by eight ways to read them and no more', () => {
    expect(estimateStrength('re1at1onsh1p', []).guesses).toBeLessThan(1e5);
    expect(estimateStrength('1n7e111gence', []).guesses).toBeGreaterThan(1e10);
  });

  test('takes what a stranger knows of the owner for words', () => {
    const password = 'Wojciechowska1987';
    const stranger = estimateStrength(password, []);
    const owner = estimateStrength(password, ['wojciechowska']);
    expect(owner.guesses).toBeLessThan(stranger.guesses / 1000);
    expect(owner.weakness).toBe('guessable_personal');
  });
});
