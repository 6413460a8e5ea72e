import { NextPage } from '../../components/next-page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { DeadLink, GoOn, LinkQuestion, WithToken } from './link-pages.tsx';
import { useLink } from './use-link.ts';

const TITLE = 'Confirm your new address';

export function ConfirmEmailScreen() {
  return <WithToken title={TITLE}>{(token) => <ConfirmEmail key={token} token={token} />}</WithToken>;
}

function ConfirmEmail({ token }: { token: string }) {
  const { client } = trpc.useUtils();
  const link = useLink(() => client.email.confirmChange.mutate({ token }));
  if (link.result) return <Changed />;
  if (link.dead === 'taken') return <Taken />;
  if (link.dead) return <Gone />;
  return (
    <LinkQuestion title={TITLE} link={link} act="Use the new address" acting="Changing your address …">
      <p className="mb-6 text-muted">From then on you sign in with it, and our mail goes there.</p>
    </LinkQuestion>
  );
}

function Changed() {
  return (
    <NextPage title="Your address is changed" heading="Your address is changed">
      <p className="mb-4">
        You sign in with the new one from now on. We have told the old one too; if you had confirmed it, a
        link in that mail undoes the change for seven days.
      </p>
      <GoOn />
    </NextPage>
  );
}

function Taken() {
  return (
    <NextPage title={TITLE} heading="This address has an account already">
      <p className="mb-4">
        It was opened in the meantime, so your own account keeps the address that it has.
      </p>
      <GoOn />
    </NextPage>
  );
}

function Gone() {
  return (
    <DeadLink title={TITLE}>
      <p className="mb-4">
        If you have used it, your new address is in force. If not, your old one is, and you can ask for the
        change again.
      </p>
      <p>
        <TextLink to="/email">Change your e-mail address</TextLink>
      </p>
    </DeadLink>
  );
}
