import { createTRPCClient, httpLink } from '@trpc/client';
import type { AppRouter } from '../../../server/trpc/router.ts';
import { authorizationOf } from './authorization.ts';
import { patientFetch } from './patient-fetch.ts';

/** Where the server listens, seen from its own page. */
export const API_URL = '/trpc';

/**
 * Calls one at a time and adds nothing of its own: for signing in and out and for the refresh, which the session
 * makes before it can serve the full client.
 */
export const authClient = createTRPCClient<AppRouter>({
  links: [
    httpLink({ url: API_URL, fetch: patientFetch, headers: ({ op }) => authorizationOf([op.context]) }),
  ],
});
