import { PRODUCT_NAME } from './product.ts';
import { codePoints, isPlainText } from './text.ts';

/** NIST SP 800-63B-4 §3.1.1.2: at least 15 when a password is all there is; never under 8; 64 must fit. */
export const DEFAULT_MIN_LENGTH = 15;
export const LOWEST_MIN_LENGTH = 8;
export const MAX_LENGTH = 256;

/** What must remain of a password when everything that a stranger knows of its owner is taken out. */
const MIN_UNKNOWN_PART = 8;

/** As few different characters as make a pattern and not a password: `aaaa…`, `abab…`, `12341234…`. */
const MIN_DIFFERENT = 5;

/**
 * Guesses that a password must withstand (zxcvbn's highest score): all that fall short at 15 characters are two words,
 * a word and a year, a phrase of three words, or less. Its estimate of random characters is ten guesses each, so where
 * the least length is lower less is demanded, or a random password of that length would be refused.
 */
const demandedGuesses = (minLength: number) => 10 ** Math.min(10, minLength - 2);

/** What a guesser would try first. */
export type Weakness =
  | 'guessable'
  | 'guessable_words'
  | 'guessable_names'
  | 'guessable_personal'
  | 'guessable_disguise'
  | 'guessable_keys'
  | 'guessable_repeats'
  | 'guessable_sequence'
  | 'guessable_dates';

export interface Strength {
  /** How many guesses a clever guesser needs, by zxcvbn's estimate. */
  guesses: number;
  /** What most of the password is, if it is guessable. */
  weakness: Weakness;
}

/** `personal`: what a stranger knows of the owner, in lower case. */
export type EstimateStrength = (password: string, personal: readonly string[]) => Strength;

/** `common` and `breached` are found by the server only, which holds the list and asks the service. */
export type PasswordProblem =
  | 'too_short'
  | 'too_long'
  | 'unusable'
  | 'contains_email'
  | 'contains_product'
  | 'too_uniform'
  | Weakness
  | 'common'
  | 'breached';

export interface PolicyContext {
  minLength: number;
  /** The canonical address, or what has been typed of it. */
  email: string;
  /** What the account calls its owner, if anything. */
  name?: string | undefined;
  /** From password-strength.mjs. Left out while its words are on their way to the browser; the server has it always. */
  estimateStrength?: EstimateStrength | undefined;
}

/**
 * The same rules in the browser and on the server. No composition rules, on purpose (NIST SP 800-63B-4 §3.1.1.2): they
 * make passwords worse. Returns the first problem, or undefined.
 */
export function findPasswordProblem(
  password: string,
  { minLength, email, name = '', estimateStrength }: PolicyContext,
): PasswordProblem | undefined {
  const length = codePoints(password);
  if (length > MAX_LENGTH) return 'too_long';
  if (!isPlainText(password)) return 'unusable';
  if (length < minLength) return 'too_short';
  const comparable = comparablePassword(password);
  if (isMostly(comparable, emailWords(email))) return 'contains_email';
  if (isMostly(comparable, [PRODUCT_NAME.toLowerCase()])) return 'contains_product';
  if (isMostly(comparable, [...emailWords(email), PRODUCT_NAME.toLowerCase()])) return 'contains_email';
  if (new Set(comparable).size < MIN_DIFFERENT) return 'too_uniform';
  if (!estimateStrength) return undefined;
  const { guesses, weakness } = estimateStrength(password, personalWords({ email, name }));
  // So put that NaN would be refused: zxcvbn looks words up in plain objects, which know `constructor` too.
  return guesses >= demandedGuesses(minLength) ? undefined : weakness;
}

/** What a stranger knows of the owner, in lower case. */
export function personalWords({ email, name }: { email: string; name: string }): string[] {
  return [...emailWords(email), ...nameWords(name), PRODUCT_NAME.toLowerCase()].filter(isTelling);
}

/** The form in which passwords are compared with lists and words: NFKC and lower case. */
export function comparablePassword(password: string): string {
  return password.normalize('NFKC').toLowerCase();
}

function emailWords(email: string): string[] {
  const address = comparablePassword(email.trim());
  const [local = '', domain = ''] = address.split('@');
  return [address, local, domain, ...local.split(/[._+-]/), ...domain.split('.').slice(0, -1)];
}

function nameWords(name: string): string[] {
  const whole = comparablePassword(name.trim());
  return [whole, ...whole.split(/[\s-]+/)];
}

/** Shorter words are found in passwords by chance. */
function isTelling(word: string): boolean {
  return word.length >= 3;
}

function isMostly(password: string, words: string[]): boolean {
  const known = words.filter(isTelling).toSorted((a, b) => b.length - a.length);
  const unknown = known.reduce((rest, word) => rest.replaceAll(word, ''), password);
  return unknown !== password && codePoints(unknown) < MIN_UNKNOWN_PART;
}

const ADD_WORDS = 'Add a few unrelated words.';

/** Each problem in a person's words, naming the next step. */
export function describePasswordProblem(problem: PasswordProblem, minLength: number): string {
  const sentences: Record<PasswordProblem, string> = {
    too_short: `Use at least ${minLength} characters.`,
    too_long: `Use at most ${MAX_LENGTH} characters.`,
    unusable: 'Remove the characters that cannot be typed or shown.',
    contains_email: 'Choose something that is not built from your e-mail address.',
    contains_product: `Choose something that is not built from the name ${PRODUCT_NAME}.`,
    too_uniform: 'Use more different characters.',
    guessable: `Too easy to guess. ${ADD_WORDS}`,
    guessable_words: `Too easy to guess: common words and phrases are tried early. ${ADD_WORDS}`,
    guessable_names: `Too easy to guess: names are tried early. ${ADD_WORDS}`,
    guessable_personal: `Too easy to guess for somebody who knows your name or address. ${ADD_WORDS}`,
    guessable_disguise: `Too easy to guess: with other signs, or backwards, it is still that word. ${ADD_WORDS}`,
    guessable_keys: `Too easy to guess: keys that lie side by side are tried early. ${ADD_WORDS}`,
    guessable_repeats: `Too easy to guess: saying it again adds almost nothing. ${ADD_WORDS}`,
    guessable_sequence: `Too easy to guess: what follows in order is tried early. ${ADD_WORDS}`,
    guessable_dates: `Too easy to guess: dates and years are tried early. ${ADD_WORDS}`,
    common: 'This password is on lists that attackers try first. Choose another.',
    breached: 'This password is in lists of stolen ones. Choose another, and change it wherever you use it.',
  };
  return sentences[problem];
}
