import type { Profile } from '../../../shared/account.ts';
import { Page } from '../../components/page.tsx';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { AccountFacts } from './account-facts.tsx';
import { NameForm } from './name-form.tsx';
import { OtherScreens } from './other-screens.tsx';
import { OwnData } from './own-data.tsx';
import { SignOut } from './sign-out.tsx';
import { useFreshProfile } from './use-fresh-profile.ts';

export function ProfileScreen() {
  const state = useSessionState();
  return state.status === 'signed_in' ? <ProfilePage user={state.user} /> : undefined;
}

function ProfilePage({ user }: { user: Profile }) {
  useFreshProfile(user);
  return (
    <Page title="Your profile" heading={user.name === '' ? 'Your profile' : `Hello, ${user.name}`}>
      <AccountFacts user={user} />
      <NameForm user={user} />
      <OtherScreens />
      <OwnData />
      <SignOut />
    </Page>
  );
}
