import { createTRPCClient, httpSubscriptionLink } from '@trpc/client';
import { EventSource } from 'eventsource';
import type { AppRouter } from '../../../server/trpc/router.ts';
import type { LiveEvent } from '../../../shared/session.ts';
import { API_URL } from './auth-client.ts';
import { authorizationOf } from './authorization.ts';

interface Server {
  url: string;
  fetch: typeof fetch;
}

/**
 * One stream of what the server tells this person. Resolves when the server has closed it or `signal` was aborted;
 * fails with whatever ended it otherwise. Never tries again by itself: when, and with which token, is for others to
 * say.
 */
export type OpenStream = (
  accessToken: string,
  options: { signal: AbortSignal; hear: (event: LiveEvent) => void },
) => Promise<void>;

/**
 * The browser's own EventSource sends no headers, and a token in a URL ends up in logs and histories (RFC 6750 §5.3):
 * this one goes through `fetch`.
 */
export function createOpenStream(
  server: Server = { url: API_URL, fetch: (...call) => fetch(...call) },
): OpenStream {
  const client = createTRPCClient<AppRouter>({
    links: [
      httpSubscriptionLink({
        url: server.url,
        EventSource,
        eventSourceOptions: ({ op }) => ({
          fetch: (url, init) =>
            server.fetch(url, { ...init, headers: { ...init.headers, ...authorizationOf([op.context]) } }),
        }),
      }),
    ],
  });

  return (accessToken, { signal, hear }) =>
    new Promise((resolve, reject) => {
      const subscription = client.sessions.live.subscribe(undefined, {
        context: { accessToken },
        signal,
        onData: hear,
        onComplete: resolve,
        onError: reject,
        // The library would connect again, always after three seconds and always with the same token.
        onConnectionStateChange({ error }) {
          if (!error) return;
          reject(error);
          subscription.unsubscribe();
        },
      });
    });
}
