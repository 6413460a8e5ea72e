import { z } from 'zod';

/**
 * What the browser must know before its first call. The server writes it into the page as JSON in
 * `<meta name="sallyport-settings" content="…">`, so that an anonymous visitor causes no request at all.
 */
export const clientSettingsSchema = z.object({
  passwordMinLength: z.number().int(),
  /** Where mail goes: out; into the mailbox at /dev/mailbox, on one's own machine; nowhere. */
  mail: z.enum(['sent', 'local', 'off']),
});

export type ClientSettings = z.infer<typeof clientSettingsSchema>;

export const CLIENT_SETTINGS_META = 'sallyport-settings';
