import { useState } from 'react';
import type { SessionView } from '../../../shared/session.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';
import { EndOthersDialog } from './end-others-dialog.tsx';
import { EndSessionDialog } from './end-session-dialog.tsx';
import { SessionItem } from './session-item.tsx';

export function SessionList({ sessions }: { sessions: SessionView[] }) {
  const [asking, setAsking] = useState<SessionView | 'others'>();
  const [success, setSuccess] = useState<string>();
  /** Of an end whose dialog was closed before the answer came; an open dialog shows its own. */
  const [failure, setFailure] = useState<unknown>();
  const failureWords = useFailureWords(failure);
  const others = sessions.filter(({ current }) => !current).length;

  const ask = (about: SessionView | 'others'): void => {
    setSuccess(undefined);
    setFailure(undefined);
    setAsking(about);
  };
  const close = (): void => {
    setFailure(undefined);
    setAsking(undefined);
  };
  const dialog = { onDone: setSuccess, onFail: setFailure, onClose: close };

  return (
    <div className="mb-6">
      <ul className="border-b border-line">
        {sessions.map((session) => (
          <SessionItem key={session.id} session={session} onEnd={() => ask(session)} />
        ))}
      </ul>
      <FormMessage success={success} error={asking ? undefined : failureWords} room="none" />
      {others === 0 ? (
        <p className="pt-4 text-muted">You are signed in nowhere else.</p>
      ) : (
        <EndOthers onAsk={() => ask('others')} />
      )}
      {asking === 'others' && <EndOthersDialog left={others} {...dialog} />}
      {asking && asking !== 'others' && <EndSessionDialog session={asking} {...dialog} />}
    </div>
  );
}

function EndOthers({ onAsk }: { onAsk: () => void }) {
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <div className="grid pt-4 sm:flex">
      <Button ref={button} look="quiet" onClick={onAsk}>
        End all other sessions
      </Button>
    </div>
  );
}
