import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { readSettings } from '../../lib/settings.ts';
import { PasswordForm } from './password-form.tsx';

export function PasswordScreen() {
  const state = useSessionState();
  const [{ passwordMinLength }] = useState(() => readSettings(document));
  if (state.status !== 'signed_in') return undefined;
  return (
    <Page title="Change your password" heading="Change your password">
      <p className="mb-6 text-muted">
        You stay signed in here. Everywhere else you are signed out, and so is anybody who knew the old one.
      </p>
      <PasswordForm email={state.user.email} name={state.user.name} minLength={passwordMinLength} />
      <p className="border-t border-line pt-4">
        <TextLink to="/profile">
          <ArrowLeft aria-hidden className="mr-2 size-4.5" />
          Back to your profile
        </TextLink>
      </p>
    </Page>
  );
}
