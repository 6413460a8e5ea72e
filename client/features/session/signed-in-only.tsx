import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { RestoringScreen } from './restoring-screen.tsx';

/**
 * What is below needs a person. When nobody is signed in any more the route is asked again: its guard knows where
 * to send them.
 */
export function SignedInOnly() {
  const { status } = useSessionState();
  const router = useRouter();
  useEffect(() => {
    if (status === 'signed_out') void router.invalidate();
  }, [status, router]);

  if (status === 'restoring') return <RestoringScreen />;
  return status === 'signed_in' ? <Outlet /> : undefined;
}
