import { useState } from 'react';
import { MailAdvice } from '../../components/mail-advice.tsx';
import { NextPage } from '../../components/next-page.tsx';
import { Page } from '../../components/page.tsx';
import { useSettings } from '../../lib/use-settings.ts';
import { ForgotPasswordForm } from './forgot-password-form.tsx';
import { WayOut } from './way-out.tsx';

/** Also for whoever is signed in: changing the password asks for the one that they have forgotten. */
export function ForgotPasswordScreen() {
  const { mail } = useSettings();
  const [sentTo, setSentTo] = useState<string>();
  if (mail === 'off') return <NoMail />;
  if (sentTo !== undefined) return <LinkSent email={sentTo} local={mail === 'local'} />;
  return (
    <Page title="Forgot your password?" heading="Forgot your password?">
      <p className="mb-6 text-muted">We send you a link with which you choose a new one.</p>
      <ForgotPasswordForm onSent={setSentTo} />
      <WayOut />
    </Page>
  );
}

/** The same for every address: whether there is an account, only its mailbox is told. */
function LinkSent({ email, local }: { email: string; local: boolean }) {
  return (
    <NextPage title="Check your mail" heading="Check your mail">
      <p className="mb-4">
        If there is an account with the address <strong className="wrap-anywhere">{email}</strong>, we have
        sent it a link. The link works for 30 minutes.
      </p>
      <MailAdvice local={local} />
      <WayOut />
    </NextPage>
  );
}

function NoMail() {
  return (
    <Page title="Forgot your password?" heading="Forgot your password?">
      <p className="mb-6">
        This site sends no mail, so it cannot send you a link. Ask whoever runs it to let you in again.
      </p>
      <WayOut />
    </Page>
  );
}
