import { accountRouter } from './account-router.ts';
import { authRouter } from './auth-router.ts';
import { createCallerFactory, router } from './init.ts';

export const appRouter = router({
  auth: authRouter,
  account: accountRouter,
});

/** The whole API as a type: the client imports this and nothing else of the server. */
export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP, with every middleware in place: how the tests call them. */
export const createCaller = createCallerFactory(appRouter);
