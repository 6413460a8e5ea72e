import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { patientFetch } from '../../lib/api/patient-fetch.ts';
import { useOnline } from '../../lib/online.ts';

/** What a screen shows instead of itself when it fails. */
export function FailureScreen() {
  const online = useOnline();
  const { invalidate } = useRouter();
  const [cause] = useState(navigator.onLine ? 'unknown' : 'offline');
  const [state, setState] = useState<'idle' | 'pending' | 'unanswered'>('idle');

  const loadAgain = async (): Promise<void> => {
    // Nothing was wrong but the network: only the screen is missing.
    if (cause === 'offline') return invalidate();
    setState('pending');
    // A reload also brings a newer release, but without an answer it would end on the browser's own error page.
    if (await serverAnswers()) location.reload();
    else setState('unanswered');
  };

  const words = online
    ? 'This page could not be shown. Load it again; nothing that you saved is lost.'
    : 'You are offline. Connect and load again.';
  return (
    <Page title="Something went wrong" heading="Something went wrong">
      <p role="alert" className="mb-7">
        {online && state === 'unanswered' ? 'The server did not answer. Try again in a moment.' : words}
      </p>
      <Button pending={state === 'pending'} onClick={() => void loadAgain()}>
        Load again
      </Button>
    </Page>
  );
}

async function serverAnswers(): Promise<boolean> {
  try {
    await patientFetch(location.href);
    return true;
  } catch {
    return false;
  }
}
