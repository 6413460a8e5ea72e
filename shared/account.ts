import { z } from 'zod';
import { emailSchema } from './email.ts';
import { codePoints, isPlainText, withoutZeroWidth } from './text.ts';

/**
 * Bounds what is worth reading at all; the policy of a *new* password is in password-policy.ts. Sign-in must
 * stay laxer than registration: an imported account may own a password that would be refused today.
 */
const passwordSchema = z
  .string()
  .min(1, 'Enter a password.')
  .max(1024, 'That password is too long.')
  .refine((text) => text.isWellFormed(), 'That password contains characters that cannot be used.');

const nameSchema = z
  .string()
  .overwrite(withoutZeroWidth)
  .trim()
  .normalize('NFC')
  .refine((name) => codePoints(name) <= 100, 'Use at most 100 characters.')
  .refine(isPlainText, 'That name contains characters that cannot be used.');

export const registerInput = z.object({
  email: emailSchema,
  password: passwordSchema,
  name: nameSchema.optional(),
});

export const loginInput = z.object({
  email: emailSchema,
  password: passwordSchema,
  /** Space-delimited (RFC 6749 §3.3). Left out: everything the account may have. */
  scope: z.string().max(1000).optional(),
});

export const changePasswordInput = z.object({
  currentPassword: passwordSchema,
  newPassword: passwordSchema,
});

/** For what only the owner may do, and not whoever sits down at their open page. */
export const confirmedByPasswordInput = z.object({ password: passwordSchema });

export const changeEmailInput = z.object({ email: emailSchema, password: passwordSchema });

export const emailInput = z.object({ email: emailSchema });

/** 32 random bytes, base64url, from the fragment of a link in mail. Whatever has another form is no token of ours. */
export const mailTokenInput = z.object({ token: z.string().max(200) });

export const resetPasswordInput = z.object({ token: z.string().max(200), password: passwordSchema });

export const updateProfileInput = z.object({ name: nameSchema });

/** A person as shown to themselves. `createdAt` is ISO 8601 in UTC; `name` may be empty. */
export const profileSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
});

export type Profile = z.infer<typeof profileSchema>;

/** `expiresIn` is in seconds (RFC 6749 §5.1); the refresh token travels in its cookie, never in a body. */
export const signedInSchema = z.object({
  accessToken: z.string(),
  /** `DPoP` only to a caller whose own token is bound. */
  tokenType: z.enum(['Bearer', 'DPoP']),
  expiresIn: z.number().int().positive(),
  scope: z.string(),
  user: profileSchema,
  /** The account was to be erased, and is not any more: this sign-in said so. */
  deletionCancelled: z.literal(true).optional(),
});

export type SignedIn = z.infer<typeof signedInSchema>;

export const okSchema = z.object({ ok: z.literal(true) });

/** The same for everybody: whether anything was sent, only the mailbox tells. */
export const sentSchema = z.object({ status: z.literal('sent') });

/** With mail configured an account is made once its address is shown to be the person's; until then nobody signs in. */
export const registeredSchema = z.union([
  signedInSchema,
  z.object({ status: z.literal('verification_sent') }),
]);

export type Registered = z.infer<typeof registeredSchema>;

/** `cancelled`: the address had not been changed yet. `restored`: it had; every session is over, and a new password is needed. */
export const revertedSchema = z.object({ outcome: z.enum(['cancelled', 'restored']) });

/** Until `eraseAt` (ISO 8601 in UTC) a sign-in keeps the account. */
export const deletionSchema = z.object({ eraseAt: z.iso.datetime() });
