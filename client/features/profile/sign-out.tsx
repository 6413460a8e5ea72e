import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useSignOut } from '../../lib/session/use-sign-out.ts';

/** Out of this session, and on to what else there is to do about them. */
export function SignOut() {
  const { signOut, pending, error } = useSignOut();
  return (
    <section className="border-t border-line pt-6">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <Button look="quiet" pending={pending} onClick={signOut}>
          {pending ? 'Signing out …' : 'Sign out'}
        </Button>
        <TextLink to="/sessions">Where you are signed in</TextLink>
        <TextLink to="/password">Change your password</TextLink>
      </div>
      <FormMessage error={error} pending={pending && 'Signing out …'} room="none" />
    </section>
  );
}
