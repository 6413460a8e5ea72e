import { mailTokenInput, okSchema, revertedSchema, sentSchema } from '../../shared/account.ts';
import { confirmEmailChange } from '../flows/confirm-email-change.ts';
import { revertEmailChange } from '../flows/revert-email-change.ts';
import { sendVerification } from '../flows/send-verification.ts';
import { verifyEmail } from '../flows/verify-email.ts';
import { firstPartyProcedure, publicProcedure, router } from './init.ts';

/** Mutations all, though their links are followed by a GET: a mail scanner that opens every link redeems none. */
export const emailRouter = router({
  verify: publicProcedure
    .meta({ summary: 'Confirm an address with the token of a link; makes the account that was registered' })
    .input(mailTokenInput)
    .output(okSchema)
    .mutation(async ({ ctx: { deps, origin }, input }) => {
      await verifyEmail(deps, { ...input, origin });
      return { ok: true };
    }),

  sendVerification: firstPartyProcedure
    .meta({ summary: 'Send the account its own address to confirm' })
    .output(sentSchema)
    .mutation(async ({ ctx: { deps, session, origin } }) => {
      await sendVerification(deps, session, origin);
      return { status: 'sent' };
    }),

  confirmChange: publicProcedure
    .meta({ summary: 'Change the address, with the token that the new one was sent' })
    .input(mailTokenInput)
    .output(okSchema)
    .mutation(async ({ ctx: { deps, origin }, input }) => {
      await confirmEmailChange(deps, { ...input, origin });
      return { ok: true };
    }),

  revertChange: publicProcedure
    .meta({ summary: 'Stop or undo a change of address, with the token that the old one was sent' })
    .input(mailTokenInput)
    .output(revertedSchema)
    .mutation(async ({ ctx: { deps, origin }, input }) => ({
      outcome: await revertEmailChange(deps, { ...input, origin }),
    })),
});
