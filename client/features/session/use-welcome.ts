import { useLocation } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useSession } from '../../lib/session/session-context.tsx';

/** What there is to say on the first screen after signing in; not on the next. */
export function useWelcome(): string | undefined {
  const { accountKept } = useSession();
  const isKept = useSyncExternalStore(accountKept.subscribe, accountKept.get);
  const path = useLocation({ select: ({ pathname }) => pathname });
  const [first] = useState(path);
  const isFirst = path === first;
  useEffect(() => {
    if (!isFirst) accountKept.set(false);
  }, [isFirst, accountKept]);
  return isKept && isFirst ? 'Welcome back: your account will not be deleted.' : undefined;
}
