import {
  loginInput,
  okSchema,
  profileSchema,
  registeredSchema,
  registerInput,
  signedInSchema,
} from '../../shared/account.ts';
import { readProfile } from '../flows/read-profile.ts';
import { refreshSession } from '../flows/refresh-session.ts';
import { register } from '../flows/register.ts';
import { signIn } from '../flows/sign-in.ts';
import { signOut } from '../flows/sign-out.ts';
import type { SessionStart } from '../flows/start-session.ts';
import type { Context } from './context.ts';
import { deliver } from './deliver.ts';
import { publicProcedure, router, scopedProcedure } from './init.ts';

export const authRouter = router({
  register: publicProcedure
    .meta({
      summary: 'Make an account and sign in to it; where mail is configured, send a link that makes it',
    })
    .input(registerInput)
    .output(registeredSchema)
    .mutation(async ({ ctx, input }) => {
      const outcome = await register(ctx.deps, { ...input, start: startOf(ctx) });
      if ('tokens' in outcome) return deliver(ctx, outcome.tokens);
      if (outcome.deviceToken !== undefined) ctx.deviceCookie.write(outcome.deviceToken);
      return { status: 'verification_sent' as const };
    }),

  login: publicProcedure
    .meta({ summary: 'Sign in: an access token, and the refresh cookie' })
    .input(loginInput)
    .output(signedInSchema)
    .mutation(async ({ ctx, input: { scope, ...credentials } }) => {
      return deliver(ctx, await signIn(ctx.deps, { ...credentials, start: { ...startOf(ctx), scope } }));
    }),

  /**
   * A failure leaves the cookie alone: the answer of a call that lost a race with a sign-in would otherwise
   * clear the cookie which that sign-in has just set (keycloak#14122).
   */
  refresh: publicProcedure
    .meta({ summary: 'A new access token for the refresh cookie, which is replaced' })
    .output(signedInSchema)
    .mutation(async ({ ctx }) => {
      const { deps, origin, refreshCookie } = ctx;
      return deliver(ctx, await refreshSession(deps, { token: refreshCookie.read(), origin }));
    }),

  logout: publicProcedure
    .meta({ summary: 'End the session of the refresh cookie or of the access token' })
    .output(okSchema)
    .mutation(async ({ ctx }) => {
      const { deps, origin, refreshCookie, credentials } = ctx;
      await signOut(deps, { refreshToken: refreshCookie.read(), credentials, origin });
      refreshCookie.clear();
      return { ok: true };
    }),

  me: scopedProcedure('profile:read')
    .meta({ summary: 'The account that the token speaks for' })
    .output(profileSchema)
    .query(({ ctx }) => readProfile(ctx.deps, ctx.session)),
});

function startOf({ origin, refreshCookie, deviceCookie }: Context): SessionStart {
  return { origin, previousToken: refreshCookie.read(), deviceToken: deviceCookie.read() };
}
