import { useState } from 'react';
import { Page } from '../../components/page.tsx';
import { readSettings } from '../../lib/settings.ts';
import { RegisterForm } from './register-form.tsx';

export function RegisterScreen() {
  const [{ passwordMinLength }] = useState(() => readSettings(document));
  return (
    <Page title="Create your account" heading="Create your account">
      <RegisterForm minLength={passwordMinLength} />
    </Page>
  );
}
