import { httpBatchLink, httpLink, splitLink, type TRPCLink } from '@trpc/client';
import type { AppRouter } from '../../../server/trpc/router.ts';
import type { Credentials } from '../session/credentials.ts';
import { API_URL } from './auth-client.ts';
import { authorizationOf } from './authorization.ts';
import { patientFetch } from './patient-fetch.ts';
import { isPublic } from './public-procedures.ts';
import { sessionLink } from './session-link.ts';

/** The server refuses larger batches. */
const MAX_BATCH_SIZE = 10;

interface Server {
  url: string;
  fetch: NonNullable<Parameters<typeof httpLink<AppRouter>>[0]['fetch']>;
}

const SERVER: Server = { url: API_URL, fetch: patientFetch };

/** Calls of one moment travel together; public ones alone, so that a token never goes where none is needed. */
export function apiLinks(credentials: Credentials, server = SERVER): TRPCLink<AppRouter>[] {
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
