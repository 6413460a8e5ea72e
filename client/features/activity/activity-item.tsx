import type { Activity } from '../../../shared/activity.ts';
import { Badge } from '../../components/badge.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { EVENT_WORDS } from './event-words.ts';

/** Takes the focus when it is the first of those that were asked for. */
export function ActivityItem({ event }: { event: Activity['events'][number] }) {
  const { kind, createdAt, ip, device, current } = event;
  const { words, icon: Icon } = EVENT_WORDS[kind];
  const tone = kind === 'token_reused' ? 'text-danger' : 'text-muted';
  return (
    <li tabIndex={-1} className="flex gap-4 border-t border-line py-4">
      <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${tone}`} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-semibold">
          {words}
          {current && <Badge>This session</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-4 text-sm text-muted">
          <TimeAgo at={createdAt} />
          {/* Who ran a command on the server has no address. */}
          <span className="wrap-anywhere">
            {ip === '' ? 'by whoever runs this site' : `${device}, ${ip}`}
          </span>
        </p>
      </div>
    </li>
  );
}
