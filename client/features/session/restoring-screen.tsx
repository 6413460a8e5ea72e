import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { useLate } from '../../components/use-late.ts';
import { useSession, useSessionState } from '../../lib/session/session-context.tsx';

/** Milliseconds. A wait that is over sooner should not be seen at all, not even in the title. */
const SHORT = 400;

/** Shown while it is not known whether the person is still signed in. */
export function RestoringScreen() {
  const { connection } = useSessionState();
  const isLong = useLate(true, SHORT);
  if (connection === 'ok') return isLong && <Loading />;
  return connection === 'busy' ? <Busy /> : <Unreachable />;
}

function Loading() {
  return (
    <Page title="One moment" heading="One moment">
      <Progress>Loading …</Progress>
    </Page>
  );
}

/** The server has said how long to leave it alone: there is nothing to press. */
function Busy() {
  return (
    <Page title="Waiting for the server" heading="The server is busy">
      <p className="mb-4">You have not been signed out. This page goes on by itself in a moment.</p>
      <Progress>Waiting for the server …</Progress>
    </Page>
  );
}

function Unreachable() {
  const session = useSession();
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <Page title="Waiting for the server" heading="We cannot reach the server">
      <p className="mb-4">
        You have not been signed out. This page goes on by itself as soon as the server answers.
      </p>
      <div className="mb-7">
        <Progress>Trying again …</Progress>
      </div>
      <Button ref={button} look="quiet" onClick={session.retry}>
        Try now
      </Button>
    </Page>
  );
}

function Progress({ children }: { children: ReactNode }) {
  return (
    <output className="flex items-center gap-3 text-muted">
      <Spinner /> {children}
    </output>
  );
}
