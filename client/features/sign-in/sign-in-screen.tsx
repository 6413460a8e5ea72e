import { Page } from '../../components/page.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { useEndWords } from './use-end-words.ts';

export function SignInScreen() {
  return (
    <Page title="Sign in" heading="Sign in" notice={useEndWords()}>
      <SignInForm />
    </Page>
  );
}
