import { QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useSession } from '../session/session-context.tsx';
import { apiLinks } from './api-links.ts';
import { createQueryClient } from './query-client.ts';
import { trpc } from './trpc.ts';

/** The typed API for everything below. Give it the person's id as `key`: another person, another cache. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const { credentials } = useSession();
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(() => trpc.createClient({ links: apiLinks(credentials) }));
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
