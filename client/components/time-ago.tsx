import { useEffect, useState } from 'react';
import { relativeTime } from './relative-time.ts';

/** Milliseconds between two looks at the clock: words that count in minutes need no more. */
const TICK = 10_000;

const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });

interface TimeAgoProps {
  /** ISO 8601. */
  at: string;
  /** What is said of less than a minute. */
  present?: string;
}

/** How long ago something was, kept true as time goes on; exact on hover. */
export function TimeAgo({ at, present = 'just now' }: TimeAgoProps) {
  const now = useNow();
  const then = new Date(at);
  return (
    <time dateTime={at} title={EXACT.format(then)}>
      {relativeTime(then.getTime(), now) ?? present}
    </time>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  return now;
}
