import { Button } from '../../components/button.tsx';
import { MailAdvice } from '../../components/mail-advice.tsx';
import { NextPage } from '../../components/next-page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { useSettings } from '../../lib/use-settings.ts';

/** Says the same whether or not the address has an account: only its mailbox is told. */
export function CheckMail({ email, onBack }: { email: string; onBack: () => void }) {
  const { mail } = useSettings();
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <NextPage title="Check your mail" heading="Check your mail">
      <p className="mb-4">
        We have sent a mail to <strong className="wrap-anywhere">{email}</strong>. Open it and follow its link
        to go on; it works for 24 hours.
      </p>
      <MailAdvice local={mail === 'local'} />
      <Button ref={button} look="quiet" onClick={onBack}>
        Use another address
      </Button>
      <p className="mt-6 flex flex-wrap items-center gap-x-2 text-muted">
        Followed it already?
        <TextLink to="/sign-in" search={true} state={{ email }}>
          Sign in
        </TextLink>
      </p>
    </NextPage>
  );
}
