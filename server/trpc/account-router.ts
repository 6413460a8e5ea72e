import {
  changeEmailInput,
  changePasswordInput,
  confirmedByPasswordInput,
  deletionSchema,
  profileSchema,
  sentSchema,
  signedInSchema,
  updateProfileInput,
} from '../../shared/account.ts';
import { activityInput, activitySchema } from '../../shared/activity.ts';
import { exportSchema } from '../../shared/export.ts';
import { changeEmail } from '../flows/change-email.ts';
import { changePassword } from '../flows/change-password.ts';
import { deleteAccount } from '../flows/delete-account.ts';
import { exportAccount } from '../flows/export-account.ts';
import { listActivity } from '../flows/list-activity.ts';
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

  changeEmail: firstPartyProcedure
    .meta({ summary: 'Ask for another e-mail address: it is changed once it is confirmed there' })
    .input(changeEmailInput)
    .output(sentSchema)
    .mutation(async ({ ctx: { deps, session, origin }, input }) => {
      await changeEmail(deps, session, { ...input, origin });
      return { status: 'sent' };
    }),

  activity: firstPartyProcedure
    .meta({ summary: 'What happened to the account in the last 400 days, the newest first' })
    .input(activityInput)
    .output(activitySchema)
    .query(({ ctx, input }) => listActivity(ctx.deps, ctx.session, input)),

  export: firstPartyProcedure
    .meta({ summary: 'Everything that is stored about the person' })
    .output(exportSchema)
    .query(({ ctx: { deps, session, origin } }) => exportAccount(deps, session, origin)),

  /** The refresh cookie goes with the session that it belongs to. */
  delete: firstPartyProcedure
    .meta({ summary: 'End every session, and erase the account in 14 days unless somebody signs in' })
    .input(confirmedByPasswordInput)
    .output(deletionSchema)
    .mutation(async ({ ctx: { deps, session, origin, refreshCookie }, input }) => {
      const eraseAt = await deleteAccount(deps, session, { ...input, origin });
      refreshCookie.clear();
      return { eraseAt: new Date(eraseAt).toISOString() };
    }),
});
