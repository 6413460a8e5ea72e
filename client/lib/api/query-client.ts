import { QueryClient } from '@tanstack/react-query';
import { readFailure } from '../failure.ts';

const MAX_RETRIES = 2;
const STALE_AFTER = 30_000;

/** One per person who signs in, so that nothing one of them has seen is left for the next. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER,
        // An answer stays what it is when asked for again; only the lack of one is worth another try.
        retry: (failures, error) => failures < MAX_RETRIES && readFailure(error).reason === 'unreachable',
      },
      // Without a network a mutation fails at once and says so, instead of waiting unseen.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
