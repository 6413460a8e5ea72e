import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { useSignOut } from '../../lib/session/use-sign-out.ts';

export function SignOut() {
  const { signOut, pending, error } = useSignOut();
  return (
    <section className="border-t border-line pt-5">
      <Button look="quiet" pending={pending} onClick={signOut}>
        {pending ? 'Signing out …' : 'Sign out'}
      </Button>
      <FormMessage error={error} pending={pending && 'Signing out …'} room="none" />
    </section>
  );
}
