import { MailAdvice } from '../../components/mail-advice.tsx';
import { NextPage } from '../../components/next-page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { useSettings } from '../../lib/use-settings.ts';
import { DeadLink, GoOn, LinkQuestion, WithToken } from './link-pages.tsx';
import { useLink } from './use-link.ts';

const TITLE = 'Keep your old address';

export function RevertEmailScreen() {
  return <WithToken title={TITLE}>{(token) => <RevertEmail key={token} token={token} />}</WithToken>;
}

function RevertEmail({ token }: { token: string }) {
  const { client } = trpc.useUtils();
  const link = useLink(() => client.email.revertChange.mutate({ token }));
  if (link.result) return link.result.outcome === 'restored' ? <Restored /> : <Cancelled />;
  if (link.dead === 'taken') return <Taken />;
  if (link.dead) return <Gone />;
  return (
    <LinkQuestion title={TITLE} link={link} act="Undo the change" acting="Undoing the change …">
      <p className="mb-4">
        Your account keeps the address that our mail went to, and the new one is forgotten.
      </p>
      <p className="mb-6 text-muted">
        If the new one is in force by now, somebody else may be in your account: then everybody is signed out,
        the password works no more, and we send you a link with which you choose another.
      </p>
    </LinkQuestion>
  );
}

function Cancelled() {
  return (
    <NextPage title="The change is cancelled" heading="The change is cancelled">
      <p className="mb-4">
        Your address stays as it is. If it was not you who wanted to change it, somebody knows your password:
        set a new one now.
      </p>
      <p>
        <TextLink to="/forgot-password">Set a new password</TextLink>
      </p>
      <GoOn />
    </NextPage>
  );
}

function Restored() {
  const { mail } = useSettings();
  return (
    <NextPage title="Your old address is back" heading="Your old address is back">
      <p className="mb-4">
        Everybody is signed out, and the password works no more. Check your mail: we have sent you a link with
        which you choose another.
      </p>
      <MailAdvice local={mail === 'local'} />
      <p>
        <TextLink to="/forgot-password">Send me another link</TextLink>
      </p>
    </NextPage>
  );
}

function Taken() {
  return (
    <NextPage title={TITLE} heading="This address has another account">
      <p className="mb-4">
        It was opened after the change, so your own account cannot have the address back. Ask whoever runs
        this site for help.
      </p>
      <GoOn />
    </NextPage>
  );
}

function Gone() {
  return (
    <DeadLink title={TITLE}>
      <p className="mb-4">
        A change can be undone for seven days. If somebody else may know your password, set a new one now.
      </p>
      <p>
        <TextLink to="/forgot-password">Set a new password</TextLink>
      </p>
      <GoOn />
    </DeadLink>
  );
}
