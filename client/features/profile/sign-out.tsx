import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { describeFailure } from '../../lib/describe-failure.ts';
import { readFailure } from '../../lib/failure.ts';
import { useSession } from '../../lib/session/session-context.tsx';

/** Ends the session on the server. When that cannot be done it says so: the person may be on a borrowed machine. */
export function SignOut() {
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

  return (
    <section className="border-t border-line pt-6">
      <Button look="quiet" pending={pending} onClick={() => void signOut()}>
        {pending ? 'Signing out …' : 'Sign out'}
      </Button>
      <FormMessage error={error} pending={pending && 'Signing out …'} room="none" />
    </section>
  );
}
