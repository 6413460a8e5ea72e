import type { AnyTRPCProcedure } from '@trpc/server';
import { accountRouter } from './account-router.ts';
import { authRouter } from './auth-router.ts';
import { createCallerFactory, router } from './init.ts';
import { noticesRouter } from './notices-router.ts';
import { sessionsRouter } from './sessions-router.ts';

export const appRouter = router({
  auth: authRouter,
  account: accountRouter,
  sessions: sessionsRouter,
  notices: noticesRouter,
});

/** The whole API as a type: the client imports this and nothing else of the server. */
export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP, with every middleware in place: how the tests call them. */
export const createCaller = createCallerFactory(appRouter);

/** Boundary: at run time this is flat, by full names such as `auth.login`; its type shows the nested routers. */
const procedures: object = appRouter._def.procedures;

/** What each path is, by its full name. */
export const procedureTypes: ReadonlyMap<string, 'query' | 'mutation' | 'subscription'> = new Map(
  Object.entries(procedures).map(([path, procedure]: [string, AnyTRPCProcedure]) => [
    path,
    procedure._def.type,
  ]),
);
