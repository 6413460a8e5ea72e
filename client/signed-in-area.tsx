import { Outlet } from '@tanstack/react-router';
import { PageNotice } from './components/page-notice.ts';
import { Notices } from './features/notices/notices.tsx';
import { useWelcome } from './features/session/use-welcome.ts';
import { ApiProvider } from './lib/api/api-provider.tsx';
import { LiveProvider } from './lib/live/live-context.tsx';
import { useSessionState } from './lib/session/session-context.tsx';

/** Everything a signed-in person sees. Another person starts from nothing: no cache, no form, no selection. */
export function SignedInArea() {
  const state = useSessionState();
  const welcome = useWelcome();
  if (state.status !== 'signed_in') return undefined;
  const { id } = state.user;
  return (
    <ApiProvider key={id}>
      <LiveProvider key={id} userId={id}>
        <Notices />
        <PageNotice value={welcome}>
          <Outlet key={id} />
        </PageNotice>
      </LiveProvider>
    </ApiProvider>
  );
}
