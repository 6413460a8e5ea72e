import { emailInput, okSchema, resetPasswordInput, sentSchema } from '../../shared/account.ts';
import { forgotPassword } from '../flows/forgot-password.ts';
import { resetPassword } from '../flows/reset-password.ts';
import { publicProcedure, router } from './init.ts';

export const passwordRouter = router({
  forgot: publicProcedure
    .meta({ summary: 'Send a link that sets a new password; the answer is the same for every address' })
    .input(emailInput)
    .output(sentSchema)
    .mutation(async ({ ctx: { deps, origin }, input }) => {
      await forgotPassword(deps, { ...input, origin });
      return { status: 'sent' };
    }),

  reset: publicProcedure
    .meta({ summary: 'Set a new password with the token of a link; ends every session' })
    .input(resetPasswordInput)
    .output(okSchema)
    .mutation(async ({ ctx: { deps, origin }, input }) => {
      await resetPassword(deps, { ...input, origin });
      return { ok: true };
    }),
});
