import { formResolver } from '../../lib/form-resolver.ts';
import { loginInput } from '../../../shared/account.ts';

export const credentialsResolver = formResolver(loginInput.omit({ scope: true }));
