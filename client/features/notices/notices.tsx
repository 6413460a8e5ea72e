import { useLocation } from '@tanstack/react-router';
import { TextLink } from '../../components/text-link.tsx';
import { useNotices } from '../../lib/live/live-context.tsx';
import { NoticeCard } from './notice-card.tsx';

/** How many cards there are at most: more would hide the screen, and what leads on from it, beneath them. */
const MOST = 2;

/** What has happened to the account, above every screen until it has been read; read out as it comes, not as it ages. */
export function Notices() {
  const notices = useNotices();
  const isAtSessions = useLocation({ select: ({ pathname }) => pathname === '/sessions' });
  // The server tells the newest first.
  const newest = notices.slice(0, MOST);
  const more = notices.length - newest.length;
  // As wide as the screen below.
  const width = isAtSessions ? 'max-w-2xl' : 'max-w-md';
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output may hold no list
    <div role="status" aria-atomic={false} aria-relevant="additions" aria-label="About your account">
      {notices.length > 0 && (
        <ul className={`mx-auto mb-6 grid w-full gap-3 ${width}`}>
          {newest.map((notice) => (
            <NoticeCard key={notice.id} notice={notice} isAtSessions={isAtSessions} />
          ))}
          {more > 0 && <More count={more} isAtSessions={isAtSessions} />}
        </ul>
      )}
    </div>
  );
}

function More({ count, isAtSessions }: { count: number; isAtSessions: boolean }) {
  return (
    <li className="px-1 text-sm">
      and {count} more
      {!isAtSessions && (
        <>
          : <TextLink to="/sessions">see where you are signed in</TextLink>
        </>
      )}
    </li>
  );
}
