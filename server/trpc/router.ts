import type { AnyTRPCProcedure } from '@trpc/server';
import { accountRouter } from './account-router.ts';
import { authRouter } from './auth-router.ts';
import { directCallOf, type DirectCall } from './direct-call.ts';
import { emailRouter } from './email-router.ts';
import { createCallerFactory, router } from './init.ts';
import { noticesRouter } from './notices-router.ts';
import { passwordRouter } from './password-router.ts';
import { requirePolicies } from './policies.ts';
import { sessionsRouter } from './sessions-router.ts';

export const appRouter = router({
  auth: authRouter,
  account: accountRouter,
  password: passwordRouter,
  email: emailRouter,
  sessions: sessionsRouter,
  notices: noticesRouter,
});

/** The whole API as a type: the client imports this and nothing else of the server. */
export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP, with every middleware in place: how the tests call them. */
export const createCaller = createCallerFactory(appRouter);

/** Boundary: at run time this is flat, by full names such as `auth.login`; its type shows the nested routers. */
const definitions: object = appRouter._def.procedures;
export const procedures: ReadonlyMap<string, AnyTRPCProcedure> = new Map(Object.entries(definitions));

requirePolicies(procedures);

/** Boundary: tRPC's types leave out what a procedure takes. */
const takesInput = ({ _def }: AnyTRPCProcedure) =>
  (_def as unknown as { inputs: unknown[] }).inputs.length > 0;

/** The full names of those that cannot be called with nothing. */
export const proceduresWithInput: ReadonlySet<string> = new Set(
  [...procedures].filter(([, procedure]) => takesInput(procedure)).map(([path]) => path),
);

/** What each path is, by its full name. */
export const procedureTypes: ReadonlyMap<string, 'query' | 'mutation' | 'subscription'> = new Map(
  [...procedures].map(([path, { _def }]) => [path, _def.type]),
);

/** How each that has no middleware of its own is called, by its full name. */
export const directCalls: ReadonlyMap<string, DirectCall> = new Map(
  [...procedures].flatMap(([path, procedure]) => {
    const call = directCallOf(procedure);
    return call ? [[path, call]] : [];
  }),
);
