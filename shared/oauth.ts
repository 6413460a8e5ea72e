import { z } from 'zod';

/** The client of this project's own pages, and of whoever names none. There from the start, and public. */
export const FIRST_PARTY_CLIENT = 'sallyport';

/** RFC 6749 §4.3 and §6. */
export const GRANT_TYPES = ['password', 'refresh_token'] as const;

export type GrantType = (typeof GRANT_TYPES)[number];

/**
 * RFC 6749 §5.2, RFC 6750 §3.1 and RFC 9449 §5, §8; `temporarily_unavailable` goes with 429 and 503, for which they have
 * no code.
 */
export const OAUTH_ERRORS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_token',
  'insufficient_scope',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'temporarily_unavailable',
  'server_error',
] as const;

export type OAuthErrorCode = (typeof OAUTH_ERRORS)[number];

/** RFC 6749 §A: VSCHAR. */
const visible = z.string().regex(/^[\x20-\x7e]+$/, 'expected visible ASCII characters');

/** RFC 6749 §A: UNICODECHARNOCRLF. */
const unicode = z
  .string()
  .regex(
    /^[\t\x20-\x7e\u{80}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u,
    'expected text in one line',
  );

/** RFC 6749 §3.3: scope-tokens, one space between them. */
const scope = z
  .string()
  .regex(
    /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    'expected scopes, one space between them',
  );

/** RFC 6749 §2.3.1, in the body. Both may be left out: then it is the public client of this project's own pages. */
const clientFields = { client_id: visible.optional(), client_secret: visible.optional() };

/** RFC 6749 §4.3.2. `username` is the e-mail address. */
export const passwordGrantSchema = z.object({
  grant_type: z.literal('password'),
  username: unicode.max(254),
  password: unicode.max(1024),
  scope: scope.optional(),
  ...clientFields,
});

/** RFC 6749 §6. `scope` may ask for less than was granted. */
export const refreshGrantSchema = z.object({
  grant_type: z.literal('refresh_token'),
  refresh_token: visible,
  scope: scope.optional(),
  ...clientFields,
});

/** RFC 7009 §2.1 and RFC 7662 §2.1. The hint is no more than that: a wrong one changes nothing. */
export const tokenFormSchema = z.object({
  token: visible,
  token_type_hint: visible.optional(),
  ...clientFields,
});

/** RFC 6749 §5.1. `expires_in` in seconds; `scope` says what was granted, also when that is what was asked for. */
export const tokenResponseSchema = z.object({
  access_token: z.string(),
  token_type: z.enum(['Bearer', 'DPoP']),
  expires_in: z.number().int().positive(),
  /** Left out for a client that has not the grant type `refresh_token`. */
  refresh_token: z.string().optional(),
  scope: z.string(),
});

export type TokenResponse = z.infer<typeof tokenResponseSchema>;

/** RFC 6749 §5.2. */
export const oauthErrorSchema = z.object({
  error: z.enum(OAUTH_ERRORS),
  error_description: z.string().optional(),
});

/** RFC 7662 §2.2. Times in seconds since the epoch. `token_type` of a refresh token is `refresh_token`. */
export const introspectionSchema = z.union([
  z.object({
    active: z.literal(true),
    token_type: z.enum(['Bearer', 'DPoP', 'refresh_token']),
    scope: z.string(),
    client_id: z.string(),
    username: z.string(),
    sub: z.uuid(),
    iss: z.url(),
    sid: z.uuid(),
    exp: z.number().int(),
    iat: z.number().int().optional(),
    aud: z.url().optional(),
    jti: z.string().optional(),
    auth_time: z.number().int().optional(),
    cnf: z.object({ jkt: z.string() }).optional(),
  }),
  z.object({ active: z.literal(false) }),
]);

export type Introspection = z.infer<typeof introspectionSchema>;

/** The subject's own claims, by the names of OpenID Connect Core 1.0 §5.1. `updated_at` in seconds since the epoch. */
export const userinfoSchema = z.object({
  sub: z.uuid(),
  email: z.string(),
  email_verified: z.boolean(),
  name: z.string(),
  updated_at: z.number().int(),
});

export type Userinfo = z.infer<typeof userinfoSchema>;
