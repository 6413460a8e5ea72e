import type { SessionView } from '../../../shared/session.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';

interface EndSessionDialogProps {
  session: SessionView;
  /** With what there is to say about it. */
  onDone: (words: string) => void;
  onFail: (error: unknown) => void;
  onClose: () => void;
}

export function EndSessionDialog({
  session: { id, client, device, ip },
  onDone,
  onFail,
  onClose,
}: EndSessionDialogProps) {
  const { sessions } = trpc.useUtils();
  // Here and not where the dialog closes: that may be before the answer comes.
  const revoke = trpc.sessions.revoke.useMutation({
    onSuccess() {
      sessions.list.setData(undefined, (list) => list?.filter((session) => session.id !== id));
      onDone(`The session of ${client ?? device} is ended.`);
    },
    onError(error) {
      // Without an answer it may have been carried out.
      void sessions.list.invalidate();
      onFail(error);
    },
  });

  return (
    <ConfirmDialog
      heading={`End the session of ${client ?? device}?`}
      confirm="End session"
      confirming="Ending …"
      keep="Keep it"
      pending={revoke.isPending}
      done={revoke.isSuccess}
      error={useFailureWords(revoke.error)}
      onConfirm={() => revoke.mutate({ id })}
      onClose={onClose}
    >
      <p className="wrap-anywhere">Its address is {ip}.</p>
      <p>
        Whoever uses it is signed out at once. This cannot be undone; they can sign in again with the
        password.
      </p>
    </ConfirmDialog>
  );
}
