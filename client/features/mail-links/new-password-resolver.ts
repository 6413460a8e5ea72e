import { resetPasswordInput } from '../../../shared/account.ts';
import type { PolicyContext } from '../../../shared/password-policy.ts';
import { formResolver } from '../../lib/form-resolver.ts';
import { reportPasswordProblem } from '../../lib/password-strength/report-problem.ts';

/** The server's own rules, so far as they need no list and no database. */
export function newPasswordResolver(policy: PolicyContext) {
  const schema = resetPasswordInput.pick({ password: true }).superRefine(({ password }, refinement) => {
    reportPasswordProblem(refinement, { field: 'password', password, policy });
  });
  return formResolver(schema);
}
