import {
  changePasswordInput,
  profileSchema,
  signedInSchema,
  updateProfileInput,
} from '../../shared/account.ts';
import { changePassword } from '../flows/change-password.ts';
import { updateProfile } from '../flows/update-profile.ts';
import { deliver } from './deliver.ts';
import { firstPartyProcedure, router, scopedProcedure } from './init.ts';

export const accountRouter = router({
  updateProfile: scopedProcedure('profile:write')
    .meta({ summary: 'Change the name' })
    .input(updateProfileInput)
    .output(profileSchema)
    .mutation(({ ctx, input }) => updateProfile(ctx.deps, ctx.session, input)),

  /** No scope lets a token do this: the current password does. */
  changePassword: firstPartyProcedure
    .meta({ summary: 'Change the password; ends every other session' })
    .input(changePasswordInput)
    .output(signedInSchema)
    .mutation(async ({ ctx, input }) => {
      const { deps, session, origin } = ctx;
      return deliver(ctx, await changePassword(deps, session, { ...input, origin }));
    }),
});
