import {
  describePasswordProblem,
  findPasswordProblem,
  type PolicyContext,
} from '../../../shared/password-policy.ts';
import { codePoints } from '../../../shared/text.ts';

/** What StrengthFeedback shows. */
export interface JudgedStrength {
  level: 'empty' | 'weak' | 'good';
  /** How far towards the minimum, 0 to 1. */
  progress: number;
  words: string;
}

/** What to say of a password while it is being typed. The server has the last word: it holds the list of common ones. */
export function judgeStrength(password: string, context: PolicyContext): JudgedStrength {
  const { minLength, estimateStrength } = context;
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
  const words = estimateStrength ? 'Good: long enough, and hard to guess.' : 'Long enough.';
  return { level: 'good', progress, words };
}
