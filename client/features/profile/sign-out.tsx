import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useSignOut } from '../../lib/session/use-sign-out.ts';

/** Out of this session, and on to what else there is to do about them. */
export function SignOut() {
  const { signOut, pending, error } = useSignOut();
  return (
    <section className="border-t border-line pt-4">
      <ul className="mb-5">
        <li>
          <TextLink to="/sessions">Where you are signed in</TextLink>
        </li>
        <li>
          <TextLink to="/password">Change your password</TextLink>
        </li>
      </ul>
      <Button look="quiet" pending={pending} onClick={signOut}>
        {pending ? 'Signing out …' : 'Sign out'}
      </Button>
      <FormMessage error={error} pending={pending && 'Signing out …'} room="none" />
    </section>
  );
}
