import { Outlet } from '@tanstack/react-router';
import { ApiProvider } from './lib/api/api-provider.tsx';
import { useSessionState } from './lib/session/session-context.tsx';

/** Everything a signed-in person sees. Another person starts from nothing: no cache, no form, no selection. */
export function SignedInArea() {
  const state = useSessionState();
  if (state.status !== 'signed_in') return undefined;
  return (
    <ApiProvider key={state.user.id}>
      <Outlet key={state.user.id} />
    </ApiProvider>
  );
}
