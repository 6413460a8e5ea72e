import { Outlet } from '@tanstack/react-router';
import { ApiProvider } from '../../lib/api/api-provider.tsx';

/**
 * Whoever opens a link from a mail may be signed in or not. No `key`: a link may end the very session that this browser
 * has, and what it has done stays to be read; nothing that is shown here belongs to one person.
 */
export function LinkArea() {
  return (
    <ApiProvider>
      <Outlet />
    </ApiProvider>
  );
}
