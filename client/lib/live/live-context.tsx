import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Notice } from '../../../shared/session.ts';
import { useSession } from '../session/session-context.tsx';
import { createBrowserLive, liveWithPage } from './browser-live.ts';
import type { Live } from './live.ts';

const LiveContext = createContext<Live | undefined>(undefined);

/** Keeps everything below up to date, without asking. Give it the person's id as `key` too. */
export function LiveProvider({ userId, children }: { userId: string; children: ReactNode }) {
  const session = useSession();
  const [live] = useState(() => createBrowserLive(session, userId));
  useEffect(() => liveWithPage(live), [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

const NONE: Notice[] = [];

/** What has happened to the account that its owner has yet to read. */
export function useNotices(): Notice[] {
  const { notices } = useLive();
  return useSyncExternalStore(notices.subscribe, notices.get) ?? NONE;
}

export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error('no LiveProvider above this component');
  return live;
}
