import { changePasswordInput } from '../../../shared/account.ts';
import type { PolicyContext } from '../../../shared/password-policy.ts';
import { formResolver } from '../../lib/form-resolver.ts';
import { reportPasswordProblem, unlessAtFault } from '../../lib/password-strength/report-problem.ts';

/** The server's own rules for a new password, so far as they need no list and no database. */
export function passwordResolver(policy: PolicyContext) {
  const schema = changePasswordInput.superRefine(({ newPassword }, refinement) => {
    reportPasswordProblem(refinement, { field: 'newPassword', password: newPassword, policy });
  }, unlessAtFault('newPassword'));
  return formResolver(schema);
}
