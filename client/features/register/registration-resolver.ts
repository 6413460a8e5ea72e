import { formResolver } from '../../lib/form-resolver.ts';
import { registerInput } from '../../../shared/account.ts';
import { describePasswordProblem, findPasswordProblem } from '../../../shared/password-policy.ts';

/** The server's own rules for a new account, so far as they need no list and no database. */
export function registrationResolver(minLength: number) {
  const schema = registerInput.superRefine(
    ({ password, email }, context) => {
      const problem = findPasswordProblem(password, { minLength, email });
      if (!problem) return;
      const message = describePasswordProblem(problem, minLength);
      context.addIssue({ code: 'custom', path: ['password'], message });
    },
    // Also while another field is at fault: everything that is wrong shows at once.
    { when: ({ issues }) => issues.every(({ path }) => path?.[0] !== 'password') },
  );
  return formResolver(schema);
}
