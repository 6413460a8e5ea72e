import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';

interface EndOthersDialogProps {
  /** How many there are, as far as is known here. */
  count: number;
  onDone: (words: string) => void;
  onClose: () => void;
}

export function EndOthersDialog({ count, onDone, onClose }: EndOthersDialogProps) {
  const { sessions } = trpc.useUtils();
  const revoke = trpc.sessions.revokeOthers.useMutation({
    // Without an answer it may have been carried out.
    onError: () => void sessions.list.invalidate(),
  });

  const close = (): void => {
    if (revoke.data) {
      const { revoked } = revoke.data;
      sessions.list.setData(undefined, (list) => list?.filter(({ current }) => current));
      onDone(revoked === 1 ? '1 other session is ended.' : `${revoked} other sessions are ended.`);
    }
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
      done={revoke.isSuccess}
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
