import { useSyncExternalStore } from 'react';

/** False when the browser knows that it has no network. True is only a guess. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

function subscribe(listener: () => void): () => void {
  const leaving = new AbortController();
  for (const event of ['online', 'offline']) addEventListener(event, listener, { signal: leaving.signal });
  return () => leaving.abort();
}
