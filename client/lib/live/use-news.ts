import { useEffect } from 'react';
import { useLive } from './live-context.tsx';

/** Calls whenever the server says that something has happened to the account: what is shown may have changed with it. */
export function useNews(onNews: () => unknown): void {
  const { news } = useLive();
  useEffect(() => news.subscribe(onNews), [news, onNews]);
}
