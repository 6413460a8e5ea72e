import { useEffect, useRef } from 'react';
import { useNotices } from '../../lib/live/live-context.tsx';

/** Calls when something has happened to the account: a new sign-in is news of the list as well. */
export function useNews(onNews: () => unknown): void {
  const news = useNotices()
    .map(({ id }) => id)
    .join();
  const known = useRef(news);
  useEffect(() => {
    if (known.current !== news) onNews();
    known.current = news;
  }, [news, onNews]);
}
