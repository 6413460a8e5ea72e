import { useQuery } from '@tanstack/react-query';
import type { Profile } from '../../../shared/account.ts';
import { trpc } from '../../lib/api/trpc.ts';
import { useSession } from '../../lib/session/session-context.tsx';

/**
 * Asks the server again when the person comes back to a page that has been open for a while: a name may have been
 * changed on another device. The page starts with what came with the token, so a visit costs no extra call. Each
 * answer goes to the session, the one place that knows the person; the query only decides when to ask.
 */
export function useFreshProfile(user: Profile): void {
  const session = useSession();
  const { client } = trpc.useUtils();
  useQuery({
    queryKey: ['fresh-profile'],
    queryFn: ({ signal }) => session.checkUser(() => client.auth.me.query(undefined, { signal })),
    initialData: user,
  });
}
