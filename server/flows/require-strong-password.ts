import { describePasswordProblem } from '../../shared/password-policy.ts';
import { Failure } from '../lib/failure.ts';
import { judgeNewPassword } from '../passwords/policy.ts';
import type { Deps } from './deps.ts';

/** For a password that is about to be set. Fails with `weak_password`, and says why. */
export function requireStrongPassword(
  { passwordMinLength, blocklist }: Pick<Deps, 'passwordMinLength' | 'blocklist'>,
  { email, password, field = 'password' }: { email: string; password: string; field?: string },
): void {
  const problem = judgeNewPassword(password, { minLength: passwordMinLength, email, blocklist });
  if (!problem) return;
  const message = describePasswordProblem(problem, passwordMinLength);
  throw new Failure('weak_password', { issues: [{ path: [field], code: problem, message }] });
}
