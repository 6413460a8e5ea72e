import { Outlet, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { RestoringScreen } from './restoring-screen.tsx';

/** For signing in: whoever is signed in already is sent on to where they wanted to go. */
export function GuestsOnly() {
  const { status } = useSessionState();
  const { next = '/profile' } = useSearch({ from: '/guests' });
  const [wasGuest, setWasGuest] = useState(false);
  if (status === 'signed_out' && !wasGuest) setWasGuest(true);

  const { history } = useRouter();
  useEffect(() => {
    if (status === 'signed_in') history.replace(next);
  }, [status, next, history]);

  // The form that signed the person in stays until the next screen is there.
  return wasGuest || status === 'signed_out' ? <Outlet /> : <RestoringScreen />;
}
