import { registerInput } from '../../../shared/account.ts';
import type { PolicyContext } from '../../../shared/password-policy.ts';
import { formResolver } from '../../lib/form-resolver.ts';
import { reportPasswordProblem, unlessAtFault } from '../../lib/password-strength/report-problem.ts';

/** The server's own rules for a new account, so far as they need no list and no database. */
export function registrationResolver(policy: Pick<PolicyContext, 'minLength' | 'estimateStrength'>) {
  const schema = registerInput.superRefine(({ password, email, name }, refinement) => {
    reportPasswordProblem(refinement, { field: 'password', password, policy: { ...policy, email, name } });
  }, unlessAtFault('password'));
  return formResolver(schema);
}
