import { z } from 'zod';

/** What can happen to an account, as the audit keeps it for 400 days and its owner may read it. */
export const SECURITY_EVENTS = [
  'registered',
  'signed_in',
  'signed_out',
  'session_replaced',
  'session_ended',
  'other_sessions_ended',
  'token_reused',
  'password_changed',
  'password_reset',
  'email_verified',
  'email_change_requested',
  'email_changed',
  'email_change_cancelled',
  'email_restored',
  'deletion_requested',
  'deletion_cancelled',
  'data_exported',
  'imported',
  'account_disabled',
  'account_enabled',
  'account_unlocked',
  'scope_changed',
  'client_removed',
] as const;

export type SecurityEventKind = (typeof SECURITY_EVENTS)[number];

/** `before`: the `next` of the page before; left out, the newest. */
export const activityInput = z.object({ before: z.uuid().optional() });

/**
 * One page, the newest first. `device` is in words, as its browser calls itself; `sessionId` is the session that it happened
 * to; `current` says that this is the caller's own. Without `next` there is no more.
 */
export const activitySchema = z.object({
  events: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(SECURITY_EVENTS),
      createdAt: z.iso.datetime(),
      ip: z.string(),
      device: z.string(),
      sessionId: z.uuid().optional(),
      current: z.boolean(),
    }),
  ),
  next: z.uuid().optional(),
});

export type Activity = z.infer<typeof activitySchema>;
