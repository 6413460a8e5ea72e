import { WifiOff } from 'lucide-react';
import { useEffect } from 'react';
import { useOnline } from '../../lib/online.ts';
import { useSessionState } from '../../lib/session/session-context.tsx';

/** Lies over the page instead of pushing it down; what takes the focus is scrolled clear of it. A lost connection is no sign-out, and says so. */
export function ConnectionNotice() {
  const words = useWords();
  const isShown = words !== undefined;
  useEffect(() => {
    document.documentElement.toggleAttribute('data-notice', isShown);
  }, [isShown]);

  return (
    <output className="pointer-events-none fixed inset-x-0 bottom-0 z-10 flex justify-center p-4">
      {isShown && (
        <span className="flex max-w-md items-start gap-3 rounded-xl border border-line bg-surface px-4 py-3 text-sm shadow-lg">
          <WifiOff aria-hidden className="mt-px size-4.5 shrink-0 text-muted" />
          {words}
        </span>
      )}
    </output>
  );
}

function useWords(): string | undefined {
  const online = useOnline();
  const { status, connection } = useSessionState();
  if (!online) {
    return status === 'signed_out'
      ? 'You are offline. Connect to the internet to go on.'
      : 'You are offline. You stay signed in; save your changes when you are connected again.';
  }
  // The restoring screen says the same at greater length.
  if (status !== 'signed_in' || connection === 'ok') return undefined;
  return connection === 'busy'
    ? 'The server is busy. You are still signed in; trying again …'
    : 'We cannot reach the server. You are still signed in; trying again …';
}
