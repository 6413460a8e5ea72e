import { resetPasswordInput } from '../../../shared/account.ts';
import { describePasswordProblem, findPasswordProblem } from '../../../shared/password-policy.ts';
import { formResolver } from '../../lib/form-resolver.ts';

/** The server's own rules, so far as they need no list and no database. Whose password it is, only the server knows. */
export function newPasswordResolver(minLength: number) {
  const schema = resetPasswordInput.pick({ password: true }).superRefine(({ password }, context) => {
    const problem = findPasswordProblem(password, { minLength, email: '' });
    if (!problem) return;
    const message = describePasswordProblem(problem, minLength);
    context.addIssue({ code: 'custom', path: ['password'], message });
  });
  return formResolver(schema);
}
