import { z } from 'zod';

/**
 * Every way a call can fail, as a closed union: clients switch over it, the server maps each to a status in
 * one total table. A reason says what the caller may know and no more: `invalid_credentials` never tells
 * whether the name or the password was wrong.
 */
export const REASONS = [
  'validation',
  'invalid_credentials',
  'token_missing',
  'token_invalid',
  'token_expired',
  'session_revoked',
  'insufficient_scope',
  'not_found',
  'conflict',
  'throttled',
  'busy',
  'weak_password',
  'email_unverified',
  'step_up_required',
  'forbidden_origin',
  'internal',
] as const;

export type Reason = (typeof REASONS)[number];

/**
 * Why a session is over before its time: signed out; replaced by the next sign-in of the same browser; a refresh
 * token came back that had been replaced (RFC 9700 §4.14.2); ended from another session; the password was changed;
 * or set anew by a link in mail; the address was given back to its former mailbox; the owner wants the account erased; it
 * was disabled; the client that the session belongs to was removed.
 */
export const END_REASONS = [
  'signed_out',
  'replaced',
  'reuse',
  'ended_elsewhere',
  'password_changed',
  'password_reset',
  'email_restored',
  'account_deleted',
  'account_disabled',
  'client_removed',
] as const;

export type EndReason = (typeof END_REASONS)[number];

/** One field's fault, e.g. `{ path: ['password'], code: 'too_short', message: 'Use at least 15 characters.' }`. */
const issueSchema = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  code: z.string(),
  message: z.string(),
});

export type Issue = z.infer<typeof issueSchema>;

/**
 * `error.data` of every failed call. `retryAfter` is in seconds and comes with `throttled` and `busy`; `ended` comes
 * with `session_revoked`, to whoever proves to have held the session.
 */
export const errorDataSchema = z.object({
  code: z.string(),
  httpStatus: z.number(),
  path: z.string().optional(),
  reason: z.enum(REASONS),
  requestId: z.string(),
  retryAfter: z.number().optional(),
  ended: z.enum(END_REASONS).optional(),
  issues: z.array(issueSchema).optional(),
});

export type ErrorData = z.infer<typeof errorDataSchema>;
