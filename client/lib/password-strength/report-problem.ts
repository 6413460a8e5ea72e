import type { z } from 'zod';
import {
  describePasswordProblem,
  findPasswordProblem,
  type PolicyContext,
} from '../../../shared/password-policy.ts';

interface NewPassword {
  field: string;
  password: string;
  policy: PolicyContext;
}

/** For a form's `superRefine`: what is wrong with a new password, under its field. */
export function reportPasswordProblem(
  refinement: z.RefinementCtx,
  { field, password, policy }: NewPassword,
): void {
  const problem = findPasswordProblem(password, policy);
  if (!problem) return;
  const message = describePasswordProblem(problem, policy.minLength);
  refinement.addIssue({ code: 'custom', path: [field], message });
}

/** For the same `superRefine`: also while another field is at fault, so that everything that is wrong shows at once. */
export function unlessAtFault(field: string) {
  return { when: ({ issues }: z.core.ParsePayload) => issues.every(({ path }) => path?.[0] !== field) };
}
