import type { Reason } from '../../shared/reasons.ts';

/** Each reason in a person's words, naming the next step. Total: a new reason does not compile without words. */
export const REASON_WORDS: Record<Reason, string> = {
  validation: 'Something in this form is not right. Check it and try again.',
  invalid_credentials: 'That e-mail address and password do not match. Check both.',
  token_missing: 'You are signed out. Sign in again.',
  token_invalid: 'You are signed out. Sign in again.',
  token_expired: 'You are signed out. Sign in again.',
  session_revoked: 'This session was ended. Sign in again.',
  insufficient_scope: 'You may not do this here.',
  not_found: 'This is not there any more.',
  conflict: 'There is already an account with this address.',
  throttled: 'Too many attempts.',
  busy: 'A lot is going on right now.',
  weak_password: 'Choose a stronger password.',
  email_unverified: 'Confirm your e-mail address first: follow the link that we sent you.',
  step_up_required: 'Enter your password again to go on.',
  forbidden_origin: 'This page is not allowed to do that. Open it from its own address.',
  internal: 'Something went wrong on our side. Try again in a moment.',
};

export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(REASON_WORDS, value);
}
