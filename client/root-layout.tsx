import { Outlet } from '@tanstack/react-router';
import { FocusOnNavigation } from './components/focus-on-navigation.tsx';
import { Shell } from './components/shell.tsx';
import { ConnectionNotice } from './features/session/connection-notice.tsx';

export function RootLayout() {
  return (
    <Shell notice={<ConnectionNotice />}>
      <FocusOnNavigation />
      <Outlet />
    </Shell>
  );
}
