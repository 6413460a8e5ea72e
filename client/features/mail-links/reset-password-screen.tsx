import { useState } from 'react';
import { NextPage } from '../../components/next-page.tsx';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useSettings } from '../../lib/use-settings.ts';
import { DeadLink, GoOn, WithToken } from './link-pages.tsx';
import { ResetPasswordForm } from './reset-password-form.tsx';

const TITLE = 'Choose a new password';

export function ResetPasswordScreen() {
  return <WithToken title={TITLE}>{(token) => <ResetPassword key={token} token={token} />}</WithToken>;
}

function ResetPassword({ token }: { token: string }) {
  const { passwordMinLength } = useSettings();
  const [outcome, setOutcome] = useState<'changed' | 'gone'>();
  if (outcome === 'changed') return <Changed />;
  if (outcome === 'gone') return <Gone />;
  return (
    <Page title={TITLE} heading={TITLE}>
      <p className="mb-6 text-muted">
        Everybody who is signed in to your account is signed out, on every device. Then you sign in with the
        new password.
      </p>
      <ResetPasswordForm token={token} minLength={passwordMinLength} onDone={setOutcome} />
    </Page>
  );
}

function Changed() {
  return (
    <NextPage title="Your password is changed" heading="Your password is changed">
      <p className="mb-4">Every session is ended. Sign in with the new password to go on.</p>
      <GoOn />
    </NextPage>
  );
}

function Gone() {
  return (
    <DeadLink title={TITLE}>
      <p className="mb-4">If you have set a new password with it, sign in with that one.</p>
      <p>
        <TextLink to="/forgot-password">Send me another link</TextLink>
      </p>
      <GoOn />
    </DeadLink>
  );
}
