import './app.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LinkTokenProvider } from './lib/link-token-context.ts';
import { takeLinkTokens } from './lib/link-token.ts';
import { createBrowserSession } from './lib/session/browser-session.ts';
import { SessionProvider } from './lib/session/session-context.tsx';
import { createAppRouter, preloadScreens } from './router.tsx';

const container = document.querySelector('#root');
if (!container) throw new Error('index.html has no #root');

const linkTokens = takeLinkTokens(window);
const session = createBrowserSession();
session.start();
preloadScreens();

createRoot(container).render(
  <StrictMode>
    <SessionProvider value={session}>
      <LinkTokenProvider value={linkTokens}>
        <RouterProvider router={createAppRouter(session)} />
      </LinkTokenProvider>
    </SessionProvider>
  </StrictMode>,
);
