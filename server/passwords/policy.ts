import {
  comparablePassword,
  describePasswordProblem,
  findPasswordProblem,
  personalWords,
  type PasswordProblem,
} from '../../shared/password-policy.ts';
import { loadBlocklist } from './blocklist.ts';
import type { Breaches } from './breaches.ts';
import type { StrengthEstimator } from './strength.ts';

/** Whose password it is to be: what a stranger knows of them makes no password. */
export interface Owner {
  email: string;
  /** May be empty. */
  name: string;
}

export interface PasswordPolicy {
  /**
   * The first problem of a password that is about to be set. Asks a service last, and only if it is configured. Fails with
   * `busy` as the estimate does.
   */
  judge(password: string, owner: Owner): Promise<PasswordProblem | undefined>;
  /** The problem in a person's words. */
  describe(problem: PasswordProblem): string;
}

/** The shared rules, and what only the server has: the list of common passwords (NIST SP 800-63B-4 §3.1.1.2). */
export function createPasswordPolicy({
  minLength,
  strength,
  breaches,
}: {
  minLength: number;
  strength: Pick<StrengthEstimator, 'estimate'>;
  breaches: Breaches;
}): PasswordPolicy {
  const blocklist = loadBlocklist();
  return {
    async judge(password, owner) {
      const problem = findPasswordProblem(password, { ...owner, minLength });
      if (problem) return problem;
      // Before the estimate, which knows some of them by other names.
      if (blocklist.has(password) || blocklist.has(repeatedPart(password))) return 'common';
      const estimated = await strength.estimate(password, personalWords(owner));
      const weakness = findPasswordProblem(password, {
        ...owner,
        minLength,
        estimateStrength: () => estimated,
      });
      if (weakness) return weakness;
      return (await breaches.include(password)) ? 'breached' : undefined;
    },
    describe: (problem) => describePasswordProblem(problem, minLength),
  };
}

/** What a password repeats, or the whole: `iloveyouiloveyou` is no better than `iloveyou`. */
function repeatedPart(password: string): string {
  const text = comparablePassword(password);
  const period = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, period);
}
