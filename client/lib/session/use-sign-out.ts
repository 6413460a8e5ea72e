import { useState } from 'react';
import { describeFailure } from '../describe-failure.ts';
import { readFailure } from '../failure.ts';
import { useSession } from './session-context.tsx';

/** Ends the session on the server. When that cannot be done it says so: the person may be on a borrowed machine. */
export function useSignOut() {
  const session = useSession();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();

  const signOut = async (): Promise<void> => {
    setPending(true);
    setError(undefined);
    try {
      await session.signOut();
    } catch (failure) {
      const words = describeFailure(readFailure(failure), { online: navigator.onLine });
      if (words !== undefined) setError(`You are still signed in on this device. ${words}`);
    } finally {
      setPending(false);
    }
  };

  return { signOut: () => void signOut(), pending, error };
}
