import { useState } from 'react';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { readSettings } from '../../lib/settings.ts';
import { RegisterForm } from './register-form.tsx';

export function RegisterScreen() {
  const [{ passwordMinLength }] = useState(() => readSettings(document));
  return (
    <Page title="Create your account" heading="Create your account">
      <RegisterForm minLength={passwordMinLength} />
      <p className="flex flex-wrap items-center gap-x-2 text-muted">
        Have an account already?
        <TextLink to="/sign-in" search={true}>
          Sign in
        </TextLink>
      </p>
    </Page>
  );
}
