import { changePasswordInput } from '../../../shared/account.ts';
import { describePasswordProblem, findPasswordProblem } from '../../../shared/password-policy.ts';
import { formResolver } from '../../lib/form-resolver.ts';

/** The server's own rules for a new password, so far as they need no list and no database. */
export function passwordResolver({ email, minLength }: { email: string; minLength: number }) {
  const schema = changePasswordInput.superRefine(
    ({ newPassword }, context) => {
      const problem = findPasswordProblem(newPassword, { minLength, email });
      if (!problem) return;
      const message = describePasswordProblem(problem, minLength);
      context.addIssue({ code: 'custom', path: ['newPassword'], message });
    },
    // Also while the other field is at fault: everything that is wrong shows at once.
    { when: ({ issues }) => issues.every(({ path }) => path?.[0] !== 'newPassword') },
  );
  return formResolver(schema);
}
