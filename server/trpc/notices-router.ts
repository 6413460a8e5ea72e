import { z } from 'zod';
import { okSchema } from '../../shared/account.ts';
import { dismissNoticeInput, noticeSchema } from '../../shared/session.ts';
import { dismissNotice, readNotices } from '../flows/notices.ts';
import { firstPartyProcedure, router } from './init.ts';

/** What has happened to the account that its owner has yet to read. `sessions.live` tells it unasked. */
export const noticesRouter = router({
  list: firstPartyProcedure
    .meta({ summary: 'What the person has yet to read' })
    .output(z.array(noticeSchema))
    .query(({ ctx }) => readNotices(ctx.deps, ctx.session)),

  dismiss: firstPartyProcedure
    .meta({ summary: 'Put a notice away' })
    .input(dismissNoticeInput)
    .output(okSchema)
    .mutation(async ({ ctx, input }) => {
      await dismissNotice(ctx.deps, ctx.session, input);
      return { ok: true };
    }),
});
