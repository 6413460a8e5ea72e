import {
  comparablePassword,
  findPasswordProblem,
  type PasswordProblem,
  type PolicyContext,
} from '../../shared/password-policy.ts';
import type { Blocklist } from './blocklist.ts';

/** The shared rules, and the list that only the server holds (NIST SP 800-63B-4 §3.1.1.2). */
export function judgeNewPassword(
  password: string,
  { blocklist, ...context }: PolicyContext & { blocklist: Blocklist },
): PasswordProblem | undefined {
  const problem = findPasswordProblem(password, context);
  if (problem) return problem;
  return blocklist.has(password) || blocklist.has(repeatedPart(password)) ? 'common' : undefined;
}

/** What a password repeats, or the whole: `iloveyouiloveyou` is no better than `iloveyou`. */
function repeatedPart(password: string): string {
  const text = comparablePassword(password);
  const period = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, period);
}
