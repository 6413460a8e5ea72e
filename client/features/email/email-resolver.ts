import { changeEmailInput } from '../../../shared/account.ts';
import { formResolver } from '../../lib/form-resolver.ts';

export function emailResolver(current: string) {
  const schema = changeEmailInput.refine(({ email }) => email !== current, {
    path: ['email'],
    error: 'This is your address already.',
    // Also while the password is missing: everything that is wrong shows at once.
    when: ({ issues }) => issues.every(({ path }) => path?.[0] !== 'email'),
  });
  return formResolver(schema);
}
