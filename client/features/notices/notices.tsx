import { useLocation } from '@tanstack/react-router';
import { useNotices } from '../../lib/live/live-context.tsx';
import { NoticeCard } from './notice-card.tsx';

/** What has happened to the account, above every screen until it has been read; read out as it comes, not as it ages. */
export function Notices() {
  const notices = useNotices();
  const isAtSessions = useLocation({ select: ({ pathname }) => pathname === '/sessions' });
  // As wide as the screen below.
  const width = isAtSessions ? 'max-w-2xl' : 'max-w-md';
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output may hold no list
    <div role="status" aria-atomic={false} aria-relevant="additions" aria-label="About your account">
      {notices.length > 0 && (
        <ul className={`mx-auto mb-6 grid w-full gap-3 ${width}`}>
          {notices.map((notice) => (
            <NoticeCard key={notice.id} notice={notice} isAtSessions={isAtSessions} />
          ))}
        </ul>
      )}
    </div>
  );
}
