import { useState } from 'react';
import { Page } from '../../components/page.tsx';
import { useTypedAddress } from '../../lib/typed-address.ts';
import { useSettings } from '../../lib/use-settings.ts';
import { CheckMail } from './check-mail.tsx';
import { RegisterForm } from './register-form.tsx';

export function RegisterScreen() {
  const { passwordMinLength } = useSettings();
  const [typed, setTyped] = useState({ name: '', email: useTypedAddress() });
  const [sent, setSent] = useState(false);
  if (sent) return <CheckMail email={typed.email} onBack={() => setSent(false)} />;
  return (
    <Page title="Create your account" heading="Create your account">
      <RegisterForm
        minLength={passwordMinLength}
        typed={typed}
        onSent={(sentWith) => {
          setTyped(sentWith);
          setSent(true);
        }}
      />
    </Page>
  );
}
