import { Outlet } from '@tanstack/react-router';
import { Notices } from './features/notices/notices.tsx';
import { ApiProvider } from './lib/api/api-provider.tsx';
import { LiveProvider } from './lib/live/live-context.tsx';
import { useSessionState } from './lib/session/session-context.tsx';

/** Everything a signed-in person sees. Another person starts from nothing: no cache, no form, no selection. */
export function SignedInArea() {
  const state = useSessionState();
  if (state.status !== 'signed_in') return undefined;
  const { id } = state.user;
  return (
    <ApiProvider key={id}>
      <LiveProvider key={id} userId={id}>
        <Notices />
        <Outlet key={id} />
      </LiveProvider>
    </ApiProvider>
  );
}
