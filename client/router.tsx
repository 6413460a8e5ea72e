import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { FailureScreen } from './features/failure/failure-screen.tsx';
import { NotFoundScreen } from './features/not-found/not-found-screen.tsx';
import { GuestsOnly } from './features/session/guests-only.tsx';
import { RestoringScreen } from './features/session/restoring-screen.tsx';
import { SignedInOnly } from './features/session/signed-in-only.tsx';
import { SignInScreen } from './features/sign-in/sign-in-screen.tsx';
import { loadScreen } from './lib/load-screen.ts';
import { safeReturnPath } from './lib/return-path.ts';
import type { Session } from './lib/session/session.ts';
import type { EndCause } from './lib/session/state.ts';
import { RootLayout } from './root-layout.tsx';

const START = '/profile';

/** Loaded when they are needed, or a little before. */
const screens = {
  register: () => import('./features/register/register-screen.tsx'),
  forgotPassword: () => import('./features/forgot-password/forgot-password-screen.tsx'),
  area: () => import('./signed-in-area.tsx'),
  profile: () => import('./features/profile/profile-screen.tsx'),
  sessions: () => import('./features/sessions/sessions-screen.tsx'),
  password: () => import('./features/password/password-screen.tsx'),
};

/** Loaded when they are needed: most visits never do. Links in mail open pages of their own. */
const rareScreens = {
  activity: () => import('./features/activity/activity-screen.tsx'),
  email: () => import('./features/email/email-screen.tsx'),
  deletion: () => import('./features/deletion/deletion-screen.tsx'),
  linkArea: () => import('./features/mail-links/link-area.tsx'),
  verifyEmail: () => import('./features/mail-links/verify-email-screen.tsx'),
  confirmEmail: () => import('./features/mail-links/confirm-email-screen.tsx'),
  revertEmail: () => import('./features/mail-links/revert-email-screen.tsx'),
  resetPassword: () => import('./features/mail-links/reset-password-screen.tsx'),
};

/** Causes of one's own choosing: whoever comes back after them does not want to go where they were. */
const CHOSEN: readonly (EndCause | undefined)[] = ['signed_out', 'account_deleted'];

const root = createRootRouteWithContext<{ session: Session }>()({
  component: RootLayout,
  notFoundComponent: NotFoundScreen,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: START, replace: true });
  },
});

const guests = createRoute({
  getParentRoute: () => root,
  id: 'guests',
  component: GuestsOnly,
  // Always named, also when it is undefined: the router lays this over the address as it was written, and a `next`
  // that is merely left out would come through unchecked.
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: safeReturnPath(search['next']),
  }),
});

const signIn = createRoute({ getParentRoute: () => guests, path: '/sign-in', component: SignInScreen });

const register = createRoute({
  getParentRoute: () => guests,
  path: '/register',
  component: lazyRouteComponent(() => loadScreen(screens.register), 'RegisterScreen'),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => loadScreen(screens.forgotPassword), 'ForgotPasswordScreen'),
});

const mailLinks = createRoute({
  getParentRoute: () => root,
  id: 'mail-links',
  component: lazyRouteComponent(() => loadScreen(rareScreens.linkArea), 'LinkArea'),
});

const verifyEmail = createRoute({
  getParentRoute: () => mailLinks,
  path: '/verify-email',
  component: lazyRouteComponent(() => loadScreen(rareScreens.verifyEmail), 'VerifyEmailScreen'),
});

const confirmEmail = createRoute({
  getParentRoute: () => mailLinks,
  path: '/confirm-email',
  component: lazyRouteComponent(() => loadScreen(rareScreens.confirmEmail), 'ConfirmEmailScreen'),
});

const revertEmail = createRoute({
  getParentRoute: () => mailLinks,
  path: '/revert-email',
  component: lazyRouteComponent(() => loadScreen(rareScreens.revertEmail), 'RevertEmailScreen'),
});

const resetPassword = createRoute({
  getParentRoute: () => mailLinks,
  path: '/reset-password',
  component: lazyRouteComponent(() => loadScreen(rareScreens.resetPassword), 'ResetPasswordScreen'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  // Whoever is not signed in signs in first and comes back here; who has chosen to go does not want to come back.
  beforeLoad: ({ context, location }) => {
    const state = context.session.getState();
    if (state.status !== 'signed_out') return;
    const isWanted = !CHOSEN.includes(state.cause) && location.href !== START;
    const search = isWanted ? { next: location.href } : {};
    throw redirect({ to: '/sign-in', search, replace: true });
  },
  component: SignedInOnly,
});

const area = createRoute({
  getParentRoute: () => signedIn,
  id: 'area',
  component: lazyRouteComponent(() => loadScreen(screens.area), 'SignedInArea'),
});

const profile = createRoute({
  getParentRoute: () => area,
  path: '/profile',
  component: lazyRouteComponent(() => loadScreen(screens.profile), 'ProfileScreen'),
});

const sessions = createRoute({
  getParentRoute: () => area,
  path: '/sessions',
  component: lazyRouteComponent(() => loadScreen(screens.sessions), 'SessionsScreen'),
});

const password = createRoute({
  getParentRoute: () => area,
  path: '/password',
  component: lazyRouteComponent(() => loadScreen(screens.password), 'PasswordScreen'),
});

const activity = createRoute({
  getParentRoute: () => area,
  path: '/activity',
  component: lazyRouteComponent(() => loadScreen(rareScreens.activity), 'ActivityScreen'),
});

const email = createRoute({
  getParentRoute: () => area,
  path: '/email',
  component: lazyRouteComponent(() => loadScreen(rareScreens.email), 'EmailScreen'),
});

const deletion = createRoute({
  getParentRoute: () => area,
  path: '/delete-account',
  component: lazyRouteComponent(() => loadScreen(rareScreens.deletion), 'DeletionScreen'),
});

export function createAppRouter(session: Session) {
  const inArea = area.addChildren([profile, sessions, password, activity, email, deletion]);
  return createRouter({
    routeTree: root.addChildren([
      home,
      guests.addChildren([signIn, register]),
      forgotPassword,
      mailLinks.addChildren([verifyEmail, confirmEmail, revertEmail, resetPassword]),
      signedIn.addChildren([inArea]),
    ]),
    context: { session },
    defaultPreload: 'intent',
    defaultErrorComponent: FailureScreen,
    defaultPendingComponent: RestoringScreen,
    defaultPendingMs: 300,
    defaultPendingMinMs: 0,
  });
}

/**
 * Fetches the other screens once the person does something on the first, so that a connection which is lost then
 * finds them loaded. A first visit that only looks costs nothing more.
 */
export function preloadScreens(): void {
  const preload = () => {
    // Whatever fails is fetched again when it is needed.
    void Promise.allSettled(Object.values(screens).map((load) => load()));
  };
  document.addEventListener('focusin', preload, { once: true });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
