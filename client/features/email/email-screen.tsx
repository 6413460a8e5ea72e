import { useState } from 'react';
import { MailAdvice } from '../../components/mail-advice.tsx';
import { NextPage } from '../../components/next-page.tsx';
import { PageFoot } from '../../components/page-foot.tsx';
import { Page } from '../../components/page.tsx';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { useSettings } from '../../lib/use-settings.ts';
import { EmailForm } from './email-form.tsx';

const TITLE = 'Change your address';

export function EmailScreen() {
  const state = useSessionState();
  const { mail } = useSettings();
  const [sentTo, setSentTo] = useState<string>();
  if (state.status !== 'signed_in') return undefined;
  const { email } = state.user;
  if (mail === 'off') return <NoMail email={email} />;
  if (sentTo !== undefined) return <LinkSent email={email} sentTo={sentTo} local={mail === 'local'} />;
  return (
    <Page title={TITLE} heading={TITLE}>
      <p className="mb-6 text-muted">
        It is <strong className="font-medium wrap-anywhere text-ink">{email}</strong> now, and stays so until
        you have followed a link that we send to the new one.
      </p>
      <EmailForm email={email} onSent={setSentTo} />
      <PageFoot />
    </Page>
  );
}

/** The same for every address: whether another account has it, only its mailbox is told. */
function LinkSent({ email, sentTo, local }: { email: string; sentTo: string; local: boolean }) {
  return (
    <NextPage title="Confirm the new address" heading="Confirm the new address">
      <p className="mb-4">
        We have sent a mail to <strong className="wrap-anywhere">{sentTo}</strong>. Follow the link in it
        within 24 hours. Until then <strong className="wrap-anywhere">{email}</strong> stays your address.
      </p>
      <MailAdvice local={local} />
      <PageFoot />
    </NextPage>
  );
}

function NoMail({ email }: { email: string }) {
  return (
    <Page title={TITLE} heading={TITLE}>
      <p className="mb-6">
        It is <strong className="wrap-anywhere">{email}</strong>. This site sends no mail, so it cannot find
        out whether a new one is yours: ask whoever runs it.
      </p>
      <PageFoot />
    </Page>
  );
}
