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

/** `common` is found by the server only, which holds the list. */
export type PasswordProblem =
  'too_short' | 'too_long' | 'unusable' | 'contains_email' | 'contains_product' | 'too_uniform' | 'common';

export interface PolicyContext {
  minLength: number;
  /** The canonical address, or what has been typed of it. */
  email: string;
}

/**
 * The rules that need no list, the same in the browser and on the server. No composition rules, on purpose
 * (NIST SP 800-63B-4 §3.1.1.2): they make passwords worse. Returns the first problem, or undefined.
 */
export function findPasswordProblem(
  password: string,
  { minLength, email }: PolicyContext,
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
  return undefined;
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

function isMostly(password: string, words: string[]): boolean {
  const known = words.filter((word) => word.length >= 3).toSorted((a, b) => b.length - a.length);
  const unknown = known.reduce((rest, word) => rest.replaceAll(word, ''), password);
  return unknown !== password && codePoints(unknown) < MIN_UNKNOWN_PART;
}

/** Each problem in a person's words, naming the next step. */
export function describePasswordProblem(problem: PasswordProblem, minLength: number): string {
  const sentences: Record<PasswordProblem, string> = {
    too_short: `Use at least ${minLength} characters.`,
    too_long: `Use at most ${MAX_LENGTH} characters.`,
    unusable: 'Remove the characters that cannot be typed or shown.',
    contains_email: 'Choose something that is not built from your e-mail address.',
    contains_product: `Choose something that is not built from the name ${PRODUCT_NAME}.`,
    too_uniform: 'Use more different characters.',
    common: 'This password is on lists that attackers try first. Choose another.',
  };
  return sentences[problem];
}
