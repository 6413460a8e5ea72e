import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';

/** What a screen shows instead of itself when it fails. Loading the page again also brings a newer release. */
export function FailureScreen() {
  return (
    <Page title="Something went wrong" heading="Something went wrong">
      <p role="alert" className="mb-7">
        This page could not be shown. Load it again; nothing that you saved is lost.
      </p>
      <Button onClick={() => location.reload()}>Load again</Button>
    </Page>
  );
}
