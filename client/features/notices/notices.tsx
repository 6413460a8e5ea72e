import { useLocation } from '@tanstack/react-router';
import { TextLink } from '../../components/text-link.tsx';
import { useNotices } from '../../lib/live/live-context.tsx';
import { foremost } from './foremost.ts';
import { NoticeCard } from './notice-card.tsx';

/** Screens that are lists. */
const WIDE = ['/sessions', '/activity'];

/** What has happened to the account, above every screen until it has been read; read out as it comes, not as it ages. */
export function Notices() {
  const notices = useNotices();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const isAtSessions = path === '/sessions';
  const shown = foremost(notices);
  const more = notices.length - shown.length;
  // As wide as the screen below.
  const width = WIDE.includes(path) ? 'max-w-2xl' : 'max-w-md';
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output may hold no list
    <div role="status" aria-atomic={false} aria-relevant="additions" aria-label="About your account">
      {notices.length > 0 && (
        <ul className={`mx-auto mb-6 grid w-full gap-3 ${width}`}>
          {shown.map((notice) => (
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
