import { useInfiniteQuery } from '@tanstack/react-query';
import type { Activity } from '../../../shared/activity.ts';
import { trpc } from '../../lib/api/trpc.ts';

interface Page {
  before?: string;
}

const NEWEST: Page = {};

/**
 * What has happened to the account, a page at a time, the newest first. Asked for again whenever the page comes back
 * into view. Without a network it says so, instead of waiting unseen.
 */
export function useActivity() {
  const { client } = trpc.useUtils();
  return useInfiniteQuery({
    queryKey: ['activity'],
    queryFn: ({ pageParam, signal }) => client.account.activity.query(pageParam, { signal }),
    initialPageParam: NEWEST,
    getNextPageParam: ({ next }: Activity): Page | undefined =>
      next === undefined ? undefined : { before: next },
    staleTime: 0,
    networkMode: 'always',
    refetchOnReconnect: true,
  });
}
