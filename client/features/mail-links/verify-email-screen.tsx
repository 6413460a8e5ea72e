import { NextPage } from '../../components/next-page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { DeadLink, GoOn, LinkQuestion, WithToken } from './link-pages.tsx';
import { useLink } from './use-link.ts';

const TITLE = 'Confirm your address';

export function VerifyEmailScreen() {
  return <WithToken title={TITLE}>{(token) => <VerifyEmail key={token} token={token} />}</WithToken>;
}

function VerifyEmail({ token }: { token: string }) {
  const { client } = trpc.useUtils();
  const link = useLink(() => client.email.verify.mutate({ token }));
  if (link.result) return <Verified />;
  if (link.dead === 'taken') return <Taken />;
  if (link.dead) return <Gone />;
  return (
    <LinkQuestion title={TITLE} link={link} act="Confirm address" acting="Confirming …">
      <p className="mb-6 text-muted">
        Press the button if it was you who gave us this address. If it was not, close this page, and nothing
        happens.
      </p>
    </LinkQuestion>
  );
}

function Verified() {
  return (
    <NextPage title="Your address is confirmed" heading="Your address is confirmed">
      <p className="mb-4">Your account is ready.</p>
      <GoOn />
    </NextPage>
  );
}

function Taken() {
  return (
    <NextPage title={TITLE} heading="This address has an account already">
      <p className="mb-4">It was opened in the meantime, so this link has nothing left to do.</p>
      <p>
        <TextLink to="/forgot-password">Set a new password for it</TextLink>
      </p>
      <GoOn />
    </NextPage>
  );
}

function Gone() {
  return (
    <DeadLink title={TITLE}>
      <p className="mb-4">
        If you have used it, your address is confirmed and you can sign in. If not, register again; or sign in
        and ask for a new link on your profile.
      </p>
      <GoOn />
      <p>
        <TextLink to="/register">Register again</TextLink>
      </p>
    </DeadLink>
  );
}
