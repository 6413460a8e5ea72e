import { ShieldAlert } from 'lucide-react';
import type { Notice } from '../../../shared/session.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { trpc } from '../../lib/api/trpc.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';
import { NoticeWords } from './notice-words.tsx';

const DISMISS: Record<Notice['kind'], string> = {
  new_device: 'It was me',
  token_reuse: 'I have read this',
};

/** A new device is mostly the owner’s own. */
const LOOKS: Record<Notice['kind'], { card: string; icon: string }> = {
  new_device: { card: 'border-accent bg-accent-soft', icon: 'text-accent' },
  token_reuse: { card: 'border-danger bg-danger-soft', icon: 'text-danger' },
};

export function NoticeCard({ notice, isAtSessions }: { notice: Notice; isAtSessions: boolean }) {
  const button = useFocusHeir<HTMLButtonElement>();
  // It goes when the server says so, in every page at once.
  const dismiss = trpc.notices.dismiss.useMutation();
  const look = LOOKS[notice.kind];
  const pending = dismiss.isPending || dismiss.isSuccess;
  return (
    <li className={`flex gap-3.5 rounded-2xl border p-4 sm:p-5 ${look.card}`}>
      <ShieldAlert aria-hidden className={`mt-0.5 size-5.5 shrink-0 ${look.icon}`} />
      <div className="min-w-0 flex-1">
        <NoticeWords notice={notice} />
        <div className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1">
          <Button
            ref={button}
            look="quiet"
            pending={pending}
            onClick={() => dismiss.mutate({ id: notice.id })}
          >
            {DISMISS[notice.kind]}
          </Button>
          <NextStep kind={notice.kind} isAtSessions={isAtSessions} />
        </div>
        <FormMessage error={useFailureWords(dismiss.error)} room="none" />
      </div>
    </li>
  );
}

function NextStep({ kind, isAtSessions }: { kind: Notice['kind']; isAtSessions: boolean }) {
  if (kind === 'token_reuse') return <TextLink to="/password">Change your password</TextLink>;
  return isAtSessions ? undefined : <TextLink to="/sessions">See your sessions</TextLink>;
}
