import { readFileSync } from 'node:fs';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { makePassphrase } from '../../../client/features/register/passphrase.ts';
import { NO_BREACHES } from '../../../server/passwords/breaches.ts';
import { createPasswordPolicy } from '../../../server/passwords/policy.ts';
import { createStrengthEstimator } from '../../../server/passwords/strength.ts';
import type { PasswordProblem } from '../../../shared/password-policy.ts';

const owner = { email: 'ada.lovelace@analytical.example', name: 'Ada Lovelace' };

const strength = createStrengthEstimator();
afterAll(() => strength.close());

function policyFrom(minLength: number) {
  return createPasswordPolicy({ minLength, strength, breaches: NO_BREACHES });
}

const policy = policyFrom(15);

function readList(name: string): string[] {
  const text = readFileSync(new URL(`../../data/passwords/${name}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Those that the policy lets pass. */
async function acceptedOf(passwords: string[], { judge }: { judge: typeof policy.judge }): Promise<string[]> {
  const problems = await Promise.all(passwords.map((password) => judge(password, owner)));
  return passwords.filter((_, index) => problems[index] === undefined);
}

describe('a new password', () => {
  test.each([
    ['1qaz2wsx3edc4rfv', 'common'],
    ['iloveyouILOVEYOU', 'common'],
    ['1wdx3wax1wdx3wax', 'common'],
    ['Password12345678', 'guessable_words'],
    ['this is password', 'guessable_words'],
    ['princess princess', 'guessable_words'],
    ['Manchester United', 'guessable_words'],
    ['summer2026summer', 'guessable_words'],
    ['guenevere-christabel', 'guessable_names'],
    ['lovelace password', 'guessable_personal'],
    ['P@$$w0rdM0nkey1', 'guessable_disguise'],
    ['qwertyuiop[]asdfg', 'guessable_keys'],
    ['abcdeabcdeabcde1', 'guessable_repeats'],
    ['mondaytuesdaywednesday', 'guessable_sequence'],
    ['abcdefghijklmno', 'guessable_sequence'],
    ['31.12.1999 2026', 'guessable_dates'],
  ] satisfies [string, PasswordProblem][])('“%s” is %s', async (password, problem) => {
    expect(await policy.judge(password, owner)).toBe(problem);
    expect(policy.describe(problem)).toMatch(/^[A-Z].* (Add|Choose) .*\.$/);
  });

  test.each([
    'a lantern for the long night',
    'correct horse battery staple',
    'purple-monkey-dishwasher',
    'qwmzxvtrplkjhgf',
    '4Gh9!kLm2#pQr7$',
    '829403175526093',
    'фонарь для долгой ночи',
    'ねこといぬとうさぎとかめとつる',
    '🦉🌊🪵🧭🍋🥁🪁🐚🧶🛶🪴🥨🎈🧲🐝',
  ])('“%s” is good', async (password) => {
    expect(await policy.judge(password, owner)).toBeUndefined();
  });

  test('is judged by its owner’s name, which is no word to anybody else', async () => {
    const password = 'Wojciechowska1987';
    expect(await policy.judge(password, owner)).toBeUndefined();
    expect(await policy.judge(password, { ...owner, name: 'Magda Wojciechowska' })).toBe(
      'guessable_personal',
    );
  });

  test('is told the nearer fault first: what is too short is not called common', async () => {
    expect(await policy.judge('password', owner)).toBe('too_short');
    expect(await policyFrom(8).judge('password', owner)).toBe('common');
  });

  test('of the first thousand on the list of 15 characters or more is refused', async () => {
    const top = readList('seclists-top-1M-len15plus.txt').slice(0, 1000);
    expect(await acceptedOf(top, policy)).toEqual([]);
  });

  test.each([8, 10])('of the first thousand of all is refused where %d characters do', async (least) => {
    const top = readList('seclists-10-million-top-1000.txt').filter(({ length }) => length >= least);
    expect(top.length).toBeGreaterThan(0);
    expect(await acceptedOf(top, policyFrom(least))).toEqual([]);
  });
});

describe('nobody is kept out who chose well', () => {
  test('each passphrase that we make is accepted, whatever the least length and whoever asks', async () => {
    const fillRandom = (numbers: Uint32Array<ArrayBuffer>) => void crypto.getRandomValues(numbers);
    const word = fc.constantFrom(...wordlist);
    const everyPassphrase = fc.asyncProperty(
      fc.integer({ min: 8, max: 64 }),
      fc.record({
        email: fc.emailAddress(),
        name: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
      }),
      async (minLength, someone) => {
        const made = makePassphrase({ words: wordlist, fillRandom }, { minLength, ...someone });
        expect(await policyFrom(minLength).judge(made, someone), made).toBeUndefined();
      },
    );
    await fc.assert(everyPassphrase, { numRuns: 100 });
  });

  test('random characters of the least length are accepted, whatever it is', async () => {
    const character = fc.constantFrom(
      ...Array.from('abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%+:=?@'),
    );
    const random = fc.integer({ min: 8, max: 24 }).chain((minLength) =>
      fc.record({
        minLength: fc.constant(minLength),
        password: fc
          .array(character, { minLength, maxLength: minLength })
          .map((characters) => characters.join('')),
      }),
    );
    const everyRandom = fc.asyncProperty(random, async ({ minLength, password }) => {
      fc.pre(new Set(password.toLowerCase()).size > 6);
      expect(await policyFrom(minLength).judge(password, owner), password).toBeUndefined();
    });
    // A fixed seed: some random text of eight characters looks like a word.
    await fc.assert(everyRandom, { seed: 20261125, numRuns: 300 });
  });
});
