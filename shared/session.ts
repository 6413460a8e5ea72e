import { z } from 'zod';
import { END_REASONS } from './reasons.ts';

/** What a device is, as far as it says so itself: for an icon beside its name. */
export const DEVICE_TYPES = ['desktop', 'mobile', 'tablet', 'other'] as const;

/**
 * A live session as its owner sees it. `device` is in words, such as `Firefox on Linux`; both it and `userAgent` are
 * what the other side claims to be. Times are ISO 8601 in UTC; `lastSeenAt` is the last refresh, not the last call.
 */
export const sessionSchema = z.object({
  id: z.uuid(),
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  ip: z.string(),
  userAgent: z.string(),
  device: z.string(),
  deviceType: z.enum(DEVICE_TYPES),
  /** The name of the app that signed in for the person; left out for our own pages. */
  client: z.string().optional(),
});

export type SessionView = z.infer<typeof sessionSchema>;

export const revokeSessionInput = z.object({ id: z.uuid() });

export const revokedSchema = z.object({ revoked: z.number().int().nonnegative() });

/**
 * Something that happened to the account and that its owner should know. `new_device`: somebody signed in from a
 * device that had not done so before. `token_reuse`: a session was ended because a copy of its token was used.
 */
export const noticeSchema = z.object({
  id: z.uuid(),
  kind: z.enum(['new_device', 'token_reuse']),
  createdAt: z.iso.datetime(),
  /** The session that it is about; for `new_device` it may still be live, and can be ended. */
  sessionId: z.uuid(),
  ip: z.string(),
  device: z.string(),
  /** Whether the device that asks may put it away: not one that signed in with it or after it. */
  dismissible: z.boolean(),
});

export type Notice = z.infer<typeof noticeSchema>;

export const dismissNoticeInput = z.object({ id: z.uuid() });

/**
 * What a signed-in page is told without asking: `notices` at the start and whenever something about the account or its
 * sessions has changed, `ended` as the last.
 */
export const liveEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('notices'), notices: z.array(noticeSchema) }),
  z.object({ kind: z.literal('ended'), reason: z.enum(END_REASONS) }),
]);

export type LiveEvent = z.infer<typeof liveEventSchema>;
