import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { EndNotice } from './end-notice.tsx';
import { SignInForm } from './sign-in-form.tsx';

export function SignInScreen() {
  return (
    <Page title="Sign in" heading="Sign in">
      <EndNotice />
      <SignInForm />
      <p className="flex flex-wrap items-center gap-x-2 text-muted">
        New here?
        <TextLink to="/register" search={true}>
          Create an account
        </TextLink>
      </p>
    </Page>
  );
}
