// @ts-check
// No TypeScript: the server judges passwords in a worker thread, which loads this file as it stands in development and tests too.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import keyboards from '@zxcvbn-ts/language-common/dist/adjacencyGraphs.json.mjs';
import commonPasswords from '@zxcvbn-ts/language-common/dist/passwords.json.mjs';
import commonWords from '@zxcvbn-ts/language-en/dist/commonWords.json.mjs';
import firstNames from '@zxcvbn-ts/language-en/dist/firstnames.json.mjs';
import wordSequences from '@zxcvbn-ts/language-en/dist/wordSequences.json.mjs';

/**
 * @import { MatchExtended } from '@zxcvbn-ts/core'
 * @import { EstimateStrength, Weakness } from './password-policy.ts'
 */

/**
 * UTF-16 units that are judged, and ways to read signs as letters. The work grows faster than the length, and anybody
 * may send 256 characters. With these bounds the worst of 35 kinds of hostile input (numbers, l33t, nested repeats,
 * words without spaces) takes 15 ms of CPU, and the worst that a search over 800 more came upon 18 ms, with the
 * library's own (256 and 100) 1,700 ms. What begins with 64 guessable ones is guessable.
 */
const MAX_JUDGED = 64;
const MAX_SUBSTITUTIONS = 8;

/** Months, weekdays, numbers, compass points … zxcvbn knows lists whose words follow each other by their name. */
const SEQUENCE_LIST = 'cardinalNumbers';

const zxcvbn = new ZxcvbnFactory({
  dictionary: {
    commonPasswords,
    commonWords,
    firstNames,
    [SEQUENCE_LIST]: Object.values(wordSequences).flat(),
  },
  graphs: keyboards,
  maxLength: MAX_JUDGED,
  l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
});

/**
 * zxcvbn's estimate, the same in the browser and on the server. 880 KB of words come along (400 KB with Brotli) and
 * 0.1 s of preparation: the client imports this file when somebody is about to choose a password, and not before.
 *
 * @type {EstimateStrength}
 */
export const estimateStrength = (password, personal) => {
  const { guesses, sequence } = zxcvbn.check(password.normalize('NFKC'), [...personal]);
  // It keeps the last password that it has seen, for nothing.
  zxcvbn.check('');
  return { guesses, weakness: weaknessOf(sequence) };
};

/**
 * By the longest part that a guesser would recognise.
 *
 * @param {MatchExtended[]} parts
 * @returns {Weakness}
 */
function weaknessOf(parts) {
  const recognised = parts.filter(({ pattern }) => pattern !== 'bruteforce' && pattern !== 'separator');
  const [longest] = recognised.toSorted((a, b) => b.token.length - a.token.length);
  switch (longest?.pattern) {
    case 'dictionary':
      return weaknessOfWord(longest);
    case 'spatial':
      return 'guessable_keys';
    case 'repeat':
      return 'guessable_repeats';
    case 'sequence':
    case 'wordSequence':
      return 'guessable_sequence';
    case 'regex':
    case 'date':
      return 'guessable_dates';
    default:
      return 'guessable';
  }
}

/**
 * @param {MatchExtended} word
 * @returns {Weakness}
 */
function weaknessOfWord(word) {
  if (!('dictionaryName' in word)) return 'guessable_words';
  if (word['dictionaryName'] === 'userInputs') return 'guessable_personal';
  if (word['l33t'] === true || word['reversed'] === true) return 'guessable_disguise';
  return word['dictionaryName'] === 'firstNames' ? 'guessable_names' : 'guessable_words';
}
