import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { NextPage } from '../../components/next-page.tsx';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useLinkToken } from '../../lib/link-token-context.ts';
import { useSessionState } from '../../lib/session/session-context.tsx';
import type { Redemption } from './use-link.ts';

interface LinkPageProps {
  title: string;
  children: ReactNode;
}

/** The screen for a link's token, anew for each one. */
export function WithToken({ title, children }: { title: string; children: (token: string) => ReactNode }) {
  const token = useLinkToken();
  return token === undefined ? <NoToken title={title} /> : children(token);
}

function NoToken({ title }: { title: string }) {
  return (
    <Page title={title} heading="Open the link once more">
      <p className="mb-6">
        Go back to the mail and open its link there. For your safety this page keeps it nowhere, so it is lost
        when the page is loaded again.
      </p>
      <GoOn />
    </Page>
  );
}

interface LinkQuestionProps extends LinkPageProps {
  link: Redemption<unknown>;
  /** The button, and what it says while it does it. */
  act: string;
  acting: string;
}

/** Programs that look through mail open its links, and some run what they find: nothing happens before the button is pressed. */
export function LinkQuestion({ title, children, link, act, acting }: LinkQuestionProps) {
  return (
    <Page title={title} heading={title}>
      {children}
      <div className="grid">
        <Button pending={link.pending} onClick={link.redeem}>
          {link.pending ? acting : act}
        </Button>
      </div>
      <FormMessage error={link.error} pending={link.pending && acting} />
    </Page>
  );
}

/** The link is of no use. What to do instead comes below. */
export function DeadLink({ title, children }: LinkPageProps) {
  return (
    <NextPage title={title} heading="This link does not work any more">
      <p className="mb-4">
        A link works once, and only for a while. It may also have lost a part when it was copied.
      </p>
      {children}
    </NextPage>
  );
}

/** To the next thing that there is to do, for whoever is here. */
export function GoOn() {
  const { status } = useSessionState();
  return (
    <p>
      {status === 'signed_in' ? (
        <TextLink to="/profile">Go to your profile</TextLink>
      ) : (
        <TextLink to="/sign-in">Sign in</TextLink>
      )}
    </p>
  );
}
