import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describePasswordProblem,
  findPasswordProblem,
  MAX_LENGTH,
  type PasswordProblem,
} from '../../shared/password-policy.ts';
import { anyText, anyUnits } from '../support/arbitrary.ts';

const EMAIL = 'ada.lovelace@analytical.example';
const context = { minLength: 15, email: EMAIL };

describe('a new password', () => {
  test.each([
    ['15 characters, all lower case: no composition rules', 'qwmzxvtrplkjhgf', undefined],
    ['a sentence with spaces', 'a lantern for the long night', undefined],
    ['any script', 'фонарь для долгой ночи', undefined],
    ['15 emoji, which are 30 UTF-16 units', '🦉🌊🪵🧭🍋🥁🪁🐚🧶🛶🪴🥨🎈🧲🐝', undefined],
    ['14 characters', 'qwmzxvtrplkjhg', 'too_short'],
    ['14 emoji, although they are 28 UTF-16 units', '🦉🌊🪵🧭🍋🥁🪁🐚🧶🛶🪴🥨🎈🧲', 'too_short'],
    ['nothing', '', 'too_short'],
    ['256 characters', 'abcdefgh'.repeat(32), undefined],
    ['256 emoji', '🦉🌊🪵🧭🍋🥁🪁🐚'.repeat(32), undefined],
    ['257 characters', `${'abcdefgh'.repeat(32)}c`, 'too_long'],
    ['one character again and again', 'aaaaaaaaaaaaaaaa', 'too_uniform'],
    ['four different characters', '1234123412341234', 'too_uniform'],
    ['four emoji, which are eight UTF-16 units', '🦉🌊🪵🧭'.repeat(4), 'too_uniform'],
    ['four letters in both cases', 'abcdABCDabcdABCD', 'too_uniform'],
    ['four letters in both widths', 'abcdａｂｃｄabcdabcd', 'too_uniform'],
    ['five different characters', '123451234512345', undefined],
    ['a tab inside', 'a lantern\tfor the night', 'unusable'],
    ['a NUL inside', 'a lantern\0for the night', 'unusable'],
    ['a lone surrogate', 'a lantern \ud800 for the night', 'unusable'],
    ['a mark that reverses the text', 'a lantern \u202e for the night', 'unusable'],
    ['the own address', EMAIL, 'contains_email'],
    ['the own address, shouted', EMAIL.toUpperCase(), 'contains_email'],
    ['the own address in full width', 'ａｄａ．ｌｏｖｅｌａｃｅ１２３４', 'contains_email'],
    ['the own name twice', 'lovelacelovelace', 'contains_email'],
    ['the own name and too little else', 'ada-lovelace-1815', 'contains_email'],
    ['the own name and enough else', 'lovelace quite likes engines', undefined],
    ['the own domain', 'analytical analytical!', 'contains_email'],
    ['the name of the product', 'sallyportsallyport', 'contains_product'],
    ['the name of the product and too little else', 'Sallyport-123456', 'contains_product'],
    ['the name of the product and enough else', 'sallyport lantern night', undefined],
    ['the product’s and the own name together', 'sallyport-lovelace', 'contains_email'],
  ] satisfies [string, string, PasswordProblem | undefined][])('of %s', (_, password, problem) => {
    expect(findPasswordProblem(password, context)).toBe(problem);
  });

  test('may be shorter where that is configured', () => {
    expect(findPasswordProblem('qwmzxvtr', { ...context, minLength: 8 })).toBeUndefined();
    expect(findPasswordProblem('qwmzxvt', { ...context, minLength: 8 })).toBe('too_short');
  });

  test('is judged before an address is typed, and with whatever stands there instead of one', () => {
    for (const email of ['', ' ', '@', 'a', '....', '@@@', '++--__', '.*', '\ud800', 'x'.repeat(10_000)])
      expect(findPasswordProblem('a lantern for the long night', { ...context, email }), email).toBe(
        undefined,
      );
  });
});

describe('how many guesses are demanded', () => {
  const judge = (minLength: number, guesses: number) =>
    findPasswordProblem('qwmzxvtrplkjhgf', {
      minLength,
      email: '',
      estimateStrength: () => ({ guesses, weakness: 'guessable' }),
    });

  test.each([
    [8, 1e6],
    [10, 1e8],
    [12, 1e10],
    [15, 1e10],
  ])('with a least length of %d: %d', (minLength, demanded) => {
    expect(judge(minLength, demanded)).toBeUndefined();
    expect(judge(minLength, demanded - 1)).toBe('guessable');
    expect(judge(minLength, Number.NaN)).toBe('guessable');
  });
});

describe('what a stranger knows of the owner', () => {
  const known = (name?: string) => {
    let told: readonly string[] = [];
    const estimateStrength = (_: string, personal: readonly string[]) => {
      told = personal;
      return { guesses: 1e20, weakness: 'guessable' as const };
    };
    findPasswordProblem('a lantern for the long night', { ...context, name, estimateStrength });
    return told;
  };

  test('is told to the estimate: the address and its parts, the name and its parts, the product', () => {
    const address = [EMAIL, 'ada', 'lovelace', 'ada.lovelace', 'analytical', 'analytical.example'];
    const name = ['augusta ada king-noel', 'augusta', 'ada', 'king', 'noel'];
    expect(new Set(known('Augusta Ada King-Noel'))).toEqual(new Set([...address, ...name, 'sallyport']));
  });

  test('but for what is so short that it is found by chance', () => {
    expect(known('Al X Bo')).not.toContain('al');
    expect(known()).not.toContain('');
  });
});

describe('for any text', () => {
  const password = fc.oneof(anyText({ maxLength: 400 }), anyUnits({ maxLength: 300 }));

  test('the judgement never throws, and never calls what has fewer code points than the minimum good', () => {
    fc.assert(
      fc.property(password, anyUnits(), fc.integer({ min: 8, max: 64 }), (typed, email, minLength) => {
        const length = Array.from(typed).length;
        const problem = findPasswordProblem(typed, { minLength, email });
        if (length < minLength || length > MAX_LENGTH || !typed.isWellFormed()) expect(problem).toBeDefined();
        if (length > MAX_LENGTH) expect(problem).toBe('too_long');
      }),
    );
  });

  test('what consists of the own address is refused, however often and in whatever case', () => {
    const local = fc.stringMatching(/^[a-z0-9]{3,20}$/);
    const domain = fc.stringMatching(/^[a-z0-9]{3,12}\.[a-z]{2,6}$/);
    fc.assert(
      fc.property(local, domain, fc.integer({ min: 1, max: 6 }), fc.boolean(), (name, host, times, shout) => {
        const email = `${name}@${host}`;
        const password = (times % 2 === 0 ? email : name).repeat(times);
        fc.pre(password.length >= 8 && password.length <= MAX_LENGTH);
        const typed = shout ? password.toUpperCase() : password;
        expect(findPasswordProblem(typed, { minLength: 8, email })).toBe('contains_email');
      }),
    );
  });
});

test('every problem is told in a sentence, with the number that counts', () => {
  const problems: PasswordProblem[] = [
    'too_short',
    'too_long',
    'unusable',
    'contains_email',
    'contains_product',
    'too_uniform',
    'guessable',
    'guessable_words',
    'guessable_names',
    'guessable_personal',
    'guessable_disguise',
    'guessable_keys',
    'guessable_repeats',
    'guessable_sequence',
    'guessable_dates',
    'common',
    'breached',
  ];
  for (const problem of problems) expect(describePasswordProblem(problem, 12)).toMatch(/^[A-Z].*\.$/);
  expect(describePasswordProblem('too_short', 12)).toContain('12');
});
