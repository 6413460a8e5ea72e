import { profileSchema, updateProfileInput } from '../../shared/account.ts';
import { updateProfile } from '../flows/update-profile.ts';
import { router, scopedProcedure } from './init.ts';

export const accountRouter = router({
  updateProfile: scopedProcedure('profile:write')
    .input(updateProfileInput)
    .output(profileSchema)
    .mutation(({ ctx, input }) => updateProfile(ctx.deps, ctx.session, input)),
});
