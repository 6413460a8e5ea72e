import { Failure } from '../lib/failure.ts';
import type { Owner } from '../passwords/policy.ts';
import type { Deps } from './deps.ts';

interface NewPassword extends Owner {
  password: string;
  /** Where the call comes from. */
  address: string;
  /** What the caller's input calls it. */
  field?: string;
}

/**
 * For a password that is about to be set. Fails with `weak_password`, and says why, or with `throttled` or `busy`: an estimate
 * costs milliseconds that a stranger could ask for without end. May take a second where a service is asked: outside transactions,
 * and before anything is looked up that a stranger must not learn of.
 */
export async function requireStrongPassword(
  { passwordPolicy, limits }: Pick<Deps, 'passwordPolicy' | 'limits'>,
  { password, address, field = 'password', ...owner }: NewPassword,
): Promise<void> {
  await limits.newPasswordFrom(address);
  const problem = await passwordPolicy.judge(password, owner);
  if (!problem) return;
  const message = passwordPolicy.describe(problem);
  throw new Failure('weak_password', { issues: [{ path: [field], code: problem, message }] });
}
