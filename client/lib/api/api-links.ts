import { httpBatchLink, httpLink, splitLink, type TRPCLink } from '@trpc/client';
import type { AppRouter } from '../../../server/trpc/router.ts';
import type { Credentials } from '../session/credentials.ts';
import { API_URL } from './auth-client.ts';
import { authorizationOf } from './authorization.ts';
import { isPublic } from './public-procedures.ts';
import { sessionLink } from './session-link.ts';

/** The server refuses larger batches. */
const MAX_BATCH_SIZE = 10;

interface Server {
  url: string;
  /** Where there is no browser to fetch with. */
  fetch?: NonNullable<Parameters<typeof httpLink<AppRouter>>[0]['fetch']>;
}

/** Calls of one moment travel together; public ones alone, so that a token never goes where none is needed. */
export function apiLinks(credentials: Credentials, server: Server = { url: API_URL }): TRPCLink<AppRouter>[] {
  return [
    sessionLink(credentials),
    splitLink({
      condition: isPublic,
      true: httpLink(server),
      false: httpBatchLink({
        ...server,
        maxItems: MAX_BATCH_SIZE,
        headers: ({ opList }) => authorizationOf(opList.map(({ context }) => context)),
      }),
    }),
  ];
}
