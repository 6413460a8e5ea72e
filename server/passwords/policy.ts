import {
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
  return findPasswordProblem(password, context) ?? (blocklist.has(password) ? 'common' : undefined);
}
