import type { PolicyContext } from '../../../shared/password-policy.ts';
import { makePassphrase } from './passphrase.ts';

/** The list of words is loaded only when somebody asks for a passphrase. */
export async function loadPassphrase(context: PolicyContext): Promise<string> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  const fillRandom = (numbers: Uint32Array<ArrayBuffer>) => void crypto.getRandomValues(numbers);
  return makePassphrase({ words: wordlist, fillRandom }, context);
}
