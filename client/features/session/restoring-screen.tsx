import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useSession, useSessionState } from '../../lib/session/session-context.tsx';

/** Shown while it is not known whether the person is still signed in. */
export function RestoringScreen() {
  const session = useSession();
  const { connection } = useSessionState();
  if (connection === 'ok') {
    return (
      <div className="animate-late">
        <Page title="One moment" heading="One moment">
          <output className="flex items-center gap-3 text-muted">
            <Spinner /> Loading …
          </output>
        </Page>
      </div>
    );
  }
  return (
    <Page title="Waiting for the server" heading="We cannot reach the server">
      <p className="mb-4">
        You have not been signed out. This page goes on by itself as soon as the server answers.
      </p>
      <output className="mb-7 flex items-center gap-3 text-muted">
        <Spinner /> Trying again …
      </output>
      <Button look="quiet" onClick={session.retry}>
        Try now
      </Button>
    </Page>
  );
}
