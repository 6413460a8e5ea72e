import { useEffect } from 'react';
import type { Profile } from '../../../shared/account.ts';
import { trpc } from '../../lib/api/trpc.ts';
import { useSession } from '../../lib/session/session-context.tsx';

/**
 * Asks the server again when the person comes back to a page that has been open for a while: a name may have been
 * changed on another device. The page starts with what came with the token, so a visit costs no extra call.
 */
export function useFreshProfile(user: Profile): void {
  const session = useSession();
  const { data } = trpc.auth.me.useQuery(undefined, { initialData: user });
  useEffect(() => session.updateUser(data), [session, data]);
}
