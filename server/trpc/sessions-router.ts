import { z } from 'zod';
import { okSchema } from '../../shared/account.ts';
import { liveEventSchema, revokedSchema, revokeSessionInput, sessionSchema } from '../../shared/session.ts';
import { endOtherSessions } from '../flows/end-other-sessions.ts';
import { endOwnSession } from '../flows/end-own-session.ts';
import { listSessions } from '../flows/list-sessions.ts';
import { watchSession } from '../flows/watch-session.ts';
import { firstPartyProcedure, router } from './init.ts';
import { streamOf } from './stream-of.ts';

/** A person's own sessions. Every token of our own pages may see and end them: what it could not see could not be ended. */
export const sessionsRouter = router({
  list: firstPartyProcedure
    .meta({ summary: 'Where the person is signed in' })
    .output(z.array(sessionSchema))
    .query(({ ctx }) => listSessions(ctx.deps, ctx.session)),

  revoke: firstPartyProcedure
    .meta({ summary: 'End one of their sessions' })
    .input(revokeSessionInput)
    .output(okSchema)
    .mutation(async ({ ctx, input: { id } }) => {
      const { deps, session, origin } = ctx;
      await endOwnSession(deps, session, { id, origin });
      return { ok: true };
    }),

  revokeOthers: firstPartyProcedure
    .meta({ summary: 'End all of their sessions but this one' })
    .output(revokedSchema)
    .mutation(async ({ ctx }) => {
      return { revoked: await endOtherSessions(ctx.deps, ctx.session, ctx.origin) };
    }),

  live: firstPartyProcedure
    .meta({ summary: 'Hear of notices and of the end of this session' })
    .output(streamOf(liveEventSchema))
    .subscription(async function* ({ ctx, signal }) {
      yield* watchSession(ctx.deps, ctx.session, signal ?? new AbortController().signal);
    }),
});
