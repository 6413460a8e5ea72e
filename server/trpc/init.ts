import { initTRPC, TRPCError } from '@trpc/server';
import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import type { Scope } from '../../shared/scopes.ts';
import { authenticate, type CallerSession } from '../flows/authenticate.ts';
import { Failure } from '../lib/failure.ts';
import type { Context } from './context.ts';
import { messageOf, reasonOf, toErrorData, TRPC_CODES } from './errors.ts';

/** Who may call: anybody, the project's own pages, any live token, or one that was granted a scope. */
export type Policy = 'public' | 'first_party' | 'session' | Scope;

/** Every procedure has one, and a test pins the list of public ones. */
export interface Meta {
  /** Every procedure has one: see policies.ts. */
  policy?: Policy;
  /** What it does, in a sentence for the reference. */
  summary?: string;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    // Seconds of silence are what a proxy takes for a dead connection, and what a page takes for a dead server.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    isDev: false, // never a stack trace in an answer, whatever NODE_ENV says
    errorFormatter({ shape, error, path, ctx }) {
      const data = toErrorData(error, { path, requestId: ctx?.requestId });
      return { ...shape, message: messageOf(reasonOf(error)), data };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Gives a Failure its status. Whatever else was thrown stays what tRPC makes of it: an opaque 500. */
export function statusOf(thrown: unknown): unknown {
  const cause = thrown instanceof TRPCError ? thrown.cause : thrown;
  if (!(cause instanceof Failure)) return thrown;
  return new TRPCError({ code: TRPC_CODES[cause.reason], message: messageOf(cause.reason), cause });
}

/** What a middleware has of the ones behind it. */
function withStatus<Result extends { ok: true } | { ok: false; error: TRPCError }>(result: Result): Result {
  if (!result.ok && result.error.cause instanceof Failure) throw statusOf(result.error.cause);
  return result;
}

/** What stands before a procedure: nothing, or what finds out who calls and whether they may. */
export type Guard = 'open' | ((ctx: Context) => CallerSession | Promise<CallerSession>);

const guards = new WeakMap<object, Guard>();

/** Undefined for a middleware that is none of the guards below. For direct-call.ts, which goes by it. */
export function guardOf(middleware: object): Guard | undefined {
  return guards.get(middleware);
}

/** `procedure` has one middleware, which does what `guard` says and nothing else: direct-call.ts calls the guard in its place. */
function remember<Builder extends { _def: { middlewares: object[] } }>(
  procedure: Builder,
  guard: Guard,
): Builder {
  const [middleware, ...others] = procedure._def.middlewares;
  if (!middleware || others.length > 0) throw new Error('a guard is one middleware, and the first one');
  guards.set(middleware, guard);
  return procedure;
}

/**
 * Anybody may call. Spelled out at each procedure, because protected is the default. What is to happen at every call besides
 * belongs in a middleware of its own (`.use`): a plain call does not come by this one, see direct-call.ts.
 */
export const publicProcedure = remember(
  t.procedure.meta({ policy: 'public' }).use(async ({ next }) => withStatus(await next())),
  'open',
);

/**
 * Needs a live access token and whatever `requireRight` asks of it; gives `ctx.session`. All of it is in `admit`, by which
 * plain calls go (direct-call.ts); the middleware is for those that take tRPC's chain. One for everything: at each of them
 * tRPC copies what it hands on, which is 3 µs of such a call.
 */
function guarded(policy: Policy, requireRight: (session: CallerSession) => void) {
  const allow = (session: CallerSession) => {
    requireRight(session);
    return session;
  };
  const admit = ({ deps, credentials }: Context) => {
    const session = authenticate(deps, credentials);
    return session instanceof Promise ? session.then(allow) : allow(session);
  };
  const procedure = t.procedure.meta({ policy }).use(async ({ ctx, next }) => {
    try {
      return withStatus(await next({ ctx: { session: await admit(ctx) } }));
    } catch (error) {
      throw statusOf(error);
    }
  });
  return remember(procedure, admit);
}

/**
 * Needs a live access token, of whatever client; gives `ctx.session`.
 * @public
 */
export const protectedProcedure = guarded('session', () => {});

/**
 * Needs a live access token of this project's own pages: what is about the account itself and who may use it. A token that
 * some other client was given, of whatever scope, must not read where a person is signed in, nor put them out.
 */
export const firstPartyProcedure = guarded('first_party', ({ clientId }) => {
  if (clientId !== FIRST_PARTY_CLIENT) throw new Failure('insufficient_scope');
});

/** Needs a live access token that was granted `scope` (RFC 6750 §3.1, insufficient_scope). */
export function scopedProcedure(scope: Scope) {
  return guarded(scope, ({ scopes }) => {
    if (!scopes.includes(scope)) throw new Failure('insufficient_scope', { scope });
  });
}
