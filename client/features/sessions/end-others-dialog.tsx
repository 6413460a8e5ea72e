import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';

interface EndOthersDialogProps {
  /** How many there are, as far as is known here. The question stays the one that was asked. */
  left: number;
  onDone: (words: string) => void;
  onFail: (error: unknown) => void;
  onClose: () => void;
}

export function EndOthersDialog({ left, onDone, onFail, onClose }: EndOthersDialogProps) {
  const { sessions } = trpc.useUtils();
  const [count] = useState(left);
  // Here and not where the dialog closes: that may be before the answer comes.
  const revoke = trpc.sessions.revokeOthers.useMutation({
    onSuccess({ revoked }) {
      sessions.list.setData(undefined, (list) => list?.filter(({ current }) => current));
      onDone(revoked === 1 ? '1 other session is ended.' : `${revoked} other sessions are ended.`);
    },
    onError(error) {
      // Without an answer it may have been carried out.
      void sessions.list.invalidate();
      onFail(error);
    },
  });

  /** They have ended in the meantime, or they were ended and the answer was lost. */
  const isMoot = left === 0 && !revoke.isPending && !revoke.isSuccess;
  const close = (): void => {
    if (isMoot) onDone('The other sessions have ended already.');
    onClose();
  };

  const isOne = count === 1;
  return (
    <ConfirmDialog
      heading={isOne ? 'End the other session?' : `End all ${count} other sessions?`}
      confirm={isOne ? 'End session' : 'End sessions'}
      confirming="Ending …"
      keep={isOne ? 'Keep it' : 'Keep them'}
      pending={revoke.isPending}
      done={revoke.isSuccess || isMoot}
      error={useFailureWords(revoke.error)}
      onConfirm={() => revoke.mutate()}
      onClose={close}
    >
      <p>You stay signed in here.</p>
      <p>
        Whoever uses {isOne ? 'it' : 'them'} is signed out at once. This cannot be undone; they can sign in
        again with the password.
      </p>
    </ConfirmDialog>
  );
}
