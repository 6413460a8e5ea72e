import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { OutsideLink } from '../../components/text-link.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { trpc } from '../../lib/api/trpc.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';

/** Goes when the address has been confirmed, in whichever tab. */
export function ConfirmAddress({ local }: { local: boolean }) {
  const send = trpc.email.sendVerification.useMutation();
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <div className="mt-2.5">
      <Button ref={button} look="quiet" pending={send.isPending} onClick={() => send.mutate()}>
        {send.isPending ? 'Sending …' : send.isSuccess ? 'Send another link' : 'Send a link to confirm it'}
      </Button>
      <FormMessage
        error={useFailureWords(send.error)}
        success={send.isSuccess && !send.isPending && 'Check your mail: a link is on its way.'}
        pending={send.isPending && 'Sending …'}
        room="none"
      />
      {send.isSuccess && local && (
        <OutsideLink href="/dev/mailbox">Open the mailbox of this machine</OutsideLink>
      )}
    </div>
  );
}
