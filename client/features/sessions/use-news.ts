import { useEffect } from 'react';
import { useLive } from '../../lib/live/live-context.tsx';

/** Calls whenever the server says that something has happened to the account: it may be news of the list as well. */
export function useNews(onNews: () => unknown): void {
  const { news } = useLive();
  useEffect(() => news.subscribe(onNews), [news, onNews]);
}
