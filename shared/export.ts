import { z } from 'zod';
import { profileSchema } from './account.ts';
import { SECURITY_EVENTS } from './activity.ts';
import { noticeSchema } from './session.ts';

const time = z.iso.datetime();

/** Who was there: as far as the other side says. */
const place = { ip: z.string(), userAgent: z.string() };

/**
 * Everything that is stored about a person, for them to keep or to take elsewhere (GDPR Art. 15 and 20). Times are ISO 8601 in UTC.
 * Secrets are named and not shown: the hash of a password, of a device cookie or of a link helps only whoever wants to guess them.
 */
export const exportSchema = z.object({
  product: z.string(),
  exportedAt: time,
  account: z.object({
    ...profileSchema.omit({ scopes: true, emailVerified: true }).shape,
    emailVerifiedAt: time.optional(),
    updatedAt: time,
    hasPassword: z.boolean(),
    /** Space-delimited: the most that any token of the account holds; left out, whatever the client may have. */
    scope: z.string().optional(),
  }),
  /** Also those that are over and not yet removed. */
  sessions: z.array(
    z.object({
      id: z.uuid(),
      client: z.string(),
      scope: z.string(),
      createdAt: time,
      lastSeenAt: time,
      endedAt: time.optional(),
      endReason: z.string().optional(),
      /** Thumbprint of the key that its tokens are bound to (RFC 9449). */
      keyThumbprint: z.string().optional(),
      ...place,
    }),
  ),
  /** Browsers that have signed in before. */
  devices: z.array(z.object({ firstSeenAt: time, lastSeenAt: time })),
  /** Links in mail that are still good. */
  links: z.array(z.object({ purpose: z.string(), email: z.string(), createdAt: time, expiresAt: time })),
  /** Security events of the last 400 days. */
  events: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(SECURITY_EVENTS),
      sessionId: z.uuid().optional(),
      createdAt: time,
      ...place,
    }),
  ),
  /** What the person has yet to say that they have read. */
  notices: z.array(noticeSchema.omit({ dismissible: true, device: true }).extend({ userAgent: z.string() })),
  /** Mail that waits to be sent. */
  mail: z.array(z.object({ to: z.string(), subject: z.string(), createdAt: time })),
});

export type AccountExport = z.infer<typeof exportSchema>;
