import { findPasswordProblem, type PolicyContext } from '../../../shared/password-policy.ts';

/** Eleven bits a word from a list of 2,048: six make 66 bits, out of reach of guessing even offline. */
const WORDS = 6;

interface PassphraseDeps {
  words: readonly string[];
  /** Fills with randomness of cryptographic quality. */
  fillRandom: (numbers: Uint32Array<ArrayBuffer>) => void;
}

/** A passphrase that the policy accepts: six words, more where a longer password is demanded. */
export function makePassphrase(deps: PassphraseDeps, context: PolicyContext): string {
  const chosen = Array.from({ length: WORDS }, () => pickWord(deps));
  while (findPasswordProblem(chosen.join('-'), context)) chosen.push(pickWord(deps));
  return chosen.join('-');
}

function pickWord({ words, fillRandom }: PassphraseDeps): string {
  // Numbers beyond the last whole multiple are thrown away, or the first words would come up more often.
  const limit = Math.floor(2 ** 32 / words.length) * words.length;
  const numbers = new Uint32Array(1);
  for (;;) {
    fillRandom(numbers);
    const [number = limit] = numbers;
    const word = number < limit ? words[number % words.length] : undefined;
    if (word !== undefined) return word;
  }
}
