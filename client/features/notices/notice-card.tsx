import { ShieldAlert } from 'lucide-react';
import type { Notice } from '../../../shared/session.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { trpc } from '../../lib/api/trpc.ts';
import { useLive } from '../../lib/live/live-context.tsx';
import { useFailureWords } from '../../lib/use-failure-words.ts';
import { NoticeWords } from './notice-words.tsx';

/** A new device is mostly the owner’s own. */
const LOOKS: Record<Notice['kind'], { card: string; icon: string }> = {
  new_device: { card: 'border-accent bg-accent-soft', icon: 'text-accent' },
  token_reuse: { card: 'border-danger bg-danger-soft', icon: 'text-danger' },
};

interface NoticeCardProps {
  notice: Notice;
  isAtSessions: boolean;
}

export function NoticeCard({ notice, isAtSessions }: NoticeCardProps) {
  const { kind, dismissible } = notice;
  const look = LOOKS[kind];
  return (
    <li className={`flex gap-3.5 rounded-2xl border p-4 sm:p-5 ${look.card}`}>
      <ShieldAlert aria-hidden className={`mt-0.5 size-5.5 shrink-0 ${look.icon}`} />
      <div className="min-w-0 flex-1">
        <NoticeWords notice={notice} />
        {!dismissible && (
          <p className="mt-1 text-sm">You can put this away on a device that you have used for longer.</p>
        )}
        {dismissible ? (
          <Dismiss notice={notice} isAtSessions={isAtSessions} />
        ) : (
          <NextStep kind={kind} isAtSessions={isAtSessions} />
        )}
      </div>
    </li>
  );
}

function Dismiss({ notice: { id, kind, device, ip }, isAtSessions }: NoticeCardProps) {
  const button = useFocusHeir<HTMLButtonElement>('[role="status"]');
  const { markRead } = useLive();
  const dismiss = trpc.notices.dismiss.useMutation({ onSuccess: () => markRead(id) });
  return (
    <>
      <div className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1">
        <Button
          ref={button}
          look="quiet"
          pending={dismiss.isPending}
          aria-label={`I have read this: ${device}, ${ip}`}
          onClick={() => dismiss.mutate({ id })}
        >
          I have read this
        </Button>
        <NextStep kind={kind} isAtSessions={isAtSessions} />
      </div>
      <FormMessage error={useFailureWords(dismiss.error)} room="none" />
    </>
  );
}

function NextStep({ kind, isAtSessions }: { kind: Notice['kind']; isAtSessions: boolean }) {
  if (kind === 'token_reuse') return <TextLink to="/password">Change your password</TextLink>;
  return isAtSessions ? undefined : <TextLink to="/sessions">See your sessions</TextLink>;
}
