import {
  describePasswordProblem,
  findPasswordProblem,
  type PolicyContext,
} from '../../../shared/password-policy.ts';
import { codePoints } from '../../../shared/text.ts';

export interface Strength {
  level: 'empty' | 'weak' | 'good';
  /** How far towards the minimum, 0 to 1. */
  progress: number;
  words: string;
}

/** What to say of a password while it is being typed. The server has the last word: it holds the list of common ones. */
export function judgeStrength(password: string, context: PolicyContext): Strength {
  const { minLength } = context;
  const length = codePoints(password);
  const progress = Math.min(1, length / minLength);
  if (length === 0) {
    const words = `At least ${minLength} characters. Several words that do not belong together are easy to remember.`;
    return { level: 'empty', progress, words };
  }
  const problem = findPasswordProblem(password, context);
  if (problem === 'too_short')
    return { level: 'weak', progress, words: `${length} of at least ${minLength} characters.` };
  if (problem) return { level: 'weak', progress, words: describePasswordProblem(problem, minLength) };
  return { level: 'good', progress, words: 'Long enough.' };
}
