import { Monitor, MonitorSmartphone, Smartphone, Tablet, type LucideIcon } from 'lucide-react';
import type { SessionView } from '../../../shared/session.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { useSignOut } from '../../lib/session/use-sign-out.ts';

const ICONS: Record<SessionView['deviceType'], LucideIcon> = {
  desktop: Monitor,
  mobile: Smartphone,
  tablet: Tablet,
  other: MonitorSmartphone,
};

export function SessionItem({ session, onEnd }: { session: SessionView; onEnd: () => void }) {
  const { device, deviceType, client, current, ip, createdAt, lastSeenAt } = session;
  const Icon = ICONS[deviceType];
  return (
    <li className="flex gap-4 border-t border-line py-5">
      <Icon aria-hidden className="mt-0.5 size-6 shrink-0 text-muted" />
      <div className="flex min-w-0 flex-1 flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-[1_1_14rem]">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-semibold">
            <span className="wrap-anywhere" title={session.userAgent}>
              {client ?? device}
            </span>
            {current && <Badge>This device</Badge>}
          </p>
          <p className="text-sm wrap-anywhere text-muted">{client === undefined ? ip : `${device}, ${ip}`}</p>
          <p className="flex flex-wrap gap-x-4 text-sm text-muted">
            <span>Active {current ? 'now' : <TimeAgo at={lastSeenAt} present="now" />}</span>
            <span>
              Signed in <TimeAgo at={createdAt} />
            </span>
          </p>
        </div>
        {current ? <SignOut /> : <EndSession session={session} onEnd={onEnd} />}
      </div>
    </li>
  );
}

function EndSession({ session: { client, device, ip }, onEnd }: { session: SessionView; onEnd: () => void }) {
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <Button ref={button} look="quiet" aria-label={`End session: ${client ?? device}, ${ip}`} onClick={onEnd}>
      End session
    </Button>
  );
}

function SignOut() {
  const { signOut, pending, error } = useSignOut();
  return (
    <div>
      <Button look="quiet" pending={pending} onClick={signOut}>
        {pending ? 'Signing out …' : 'Sign out'}
      </Button>
      <FormMessage error={error} pending={pending && 'Signing out …'} room="none" />
    </div>
  );
}
