import './app.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserSession } from './lib/session/browser-session.ts';
import { SessionProvider } from './lib/session/session-context.tsx';
import { createAppRouter, preloadScreens } from './router.tsx';

const container = document.querySelector('#root');
if (!container) throw new Error('index.html has no #root');

const session = createBrowserSession();
session.start();
preloadScreens();

createRoot(container).render(
  <StrictMode>
    <SessionProvider value={session}>
      <RouterProvider router={createAppRouter(session)} />
    </SessionProvider>
  </StrictMode>,
);
