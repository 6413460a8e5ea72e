import { decodeProtectedHeader, errors, jwtVerify, type CryptoKey } from 'jose';
import { z } from 'zod';
import { isScope, type Scope } from '../../shared/scopes.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { toNumericDate, type Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import { signJwt, type SigningKey } from './sign.ts';

/** RFC 9068 §2.1: an explicit type, so that no other JWT signed with this key passes for an access token. */
const TYP = 'at+jwt';

/** jose alone tolerates padding and white space inside a signature; two texts would then be one token. */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MAX_LENGTH = 4096;

/** About 1 KB each. Beyond it the token that came first is verified again, at the price of one signature. */
const MAX_REMEMBERED = 20_000;

/** RFC 9068 §2.2, with `sid` (the session) beside them. Times are seconds since the epoch. */
const claimsShape = z.object({
  sub: z.uuid(),
  client_id: z.string(),
  exp: z.number(),
  iat: z.number(),
  jti: z.string(),
  scope: z.string(),
  sid: z.uuid(),
  auth_time: z.number(),
  amr: z.array(z.string()),
  /** RFC 9449 §6.1: the key without which this token is worth nothing. */
  cnf: z.object({ jkt: z.string() }).optional(),
});

/** `scopes`: those of `scope` that the registry has. Once a token, and not at every call that it comes with. */
const claimsSchema = claimsShape.transform((claims) => ({
  ...claims,
  scopes: claims.scope.split(' ').filter(isScope) as readonly Scope[],
}));

const kidSchema = z.string();

export type AccessTokenClaims = z.infer<typeof claimsSchema>;

export interface TokenKeys {
  /** The key that signs at this moment. */
  signing(): Promise<SigningKey>;
  /** Whether this key is ours, as far as can be told without asking anybody. */
  knows(kid: string): boolean;
  /** Undefined for a key that is not ours, or no longer: what it signed is refused from then on. */
  find(kid: string): Promise<TokenKey | undefined>;
}

interface TokenKey {
  /** What this key signs with, whatever a header says (RFC 8725 §3.1). */
  alg: string;
  publicKey: CryptoKey;
}

export interface Grant {
  accountId: string;
  sessionId: string;
  clientId: string;
  scope: string;
  /** When the person last proved who they are, in milliseconds. */
  authenticatedAt: number;
  /** When the session ends if it is not used again, in milliseconds: no token outlives it by a second. */
  sessionEndsAt: number;
  /** Thumbprint of the key that it is bound to (RFC 9449 §6.1). */
  jkt?: string | undefined;
}

export interface IssuedAccessToken {
  accessToken: string;
  /** Seconds (RFC 6749 §5.1). */
  expiresIn: number;
}

export interface AccessTokens {
  issue(grant: Grant): Promise<IssuedAccessToken>;
  /** What `verify` would give, for a token that it has seen before: at once, at every call. Undefined: it has to be asked. */
  known(token: string): AccessTokenClaims | undefined;
  /** Fails with `token_invalid` or `token_expired`. Says nothing of revocation: that is the session's. */
  verify(token: string): Promise<AccessTokenClaims>;
}

export interface AccessTokenOptions {
  keys: TokenKeys;
  clock: Clock;
  /** Also the audience: these tokens are for this origin's own services. */
  issuer: string;
  /** Milliseconds. */
  ttl: number;
}

export function createAccessTokens({ keys, clock, issuer, ttl }: AccessTokenOptions): AccessTokens {
  // Holds only tokens whose signature was good, so a caller without a key cannot fill it. By the signature, which is looked up
  // in a third of the time; what else a token says must be the same too.
  const verified = new BoundedMap<string, VerifiedToken>(MAX_REMEMBERED);

  function known(token: string): AccessTokenClaims | undefined {
    const seen = verified.peek(endOf(token));
    if (seen?.token !== token || !keys.knows(seen.kid)) return undefined;
    return seen.claims.exp > toNumericDate(clock.now()) ? seen.claims : undefined;
  }

  return {
    async issue(grant) {
      const now = toNumericDate(clock.now());
      const left = toNumericDate(grant.sessionEndsAt) - now;
      const expiresIn = Math.max(1, Math.min(toNumericDate(ttl), left));
      const key = await keys.signing();
      const claims = {
        client_id: grant.clientId,
        scope: grant.scope,
        sid: grant.sessionId,
        auth_time: toNumericDate(grant.authenticatedAt),
        amr: ['pwd'],
        ...(grant.jkt !== undefined && { cnf: { jkt: grant.jkt } }),
        iss: issuer,
        aud: issuer,
        sub: grant.accountId,
        iat: now,
        exp: now + expiresIn,
        jti: randomBytes(16).toString('base64url'),
      };
      return { accessToken: await signJwt(claims, { typ: TYP, key }), expiresIn };
    },

    known,

    async verify(token) {
      const seen = known(token);
      if (seen) return seen;
      const kid = readKid(token);
      const key = await keys.find(kid);
      if (!key) throw new Failure('token_invalid');
      const claims = await verifySignature(token, { key, clock, issuer });
      verified.set(endOf(token), { token, kid, claims });
      return claims;
    },
  };
}

interface VerifiedToken {
  token: string;
  kid: string;
  claims: AccessTokenClaims;
}

/** Characters of base64url: the 64 bytes of a signature by ES256 or EdDSA, and the last of a longer one by RS256. */
const SIGNATURE_LENGTH = 86;

function endOf(token: string): string {
  return token.slice(-SIGNATURE_LENGTH);
}

function readKid(token: string): string {
  if (token.length > MAX_LENGTH || !COMPACT_JWS.test(token)) throw new Failure('token_invalid');
  try {
    return kidSchema.parse(decodeProtectedHeader(token).kid);
  } catch (error) {
    throw new Failure('token_invalid', { cause: error });
  }
}

/** Algorithm, type, issuer and audience are pinned (RFC 8725 §3.1, §3.8, §3.11); `jwk`, `jku`, `x5u` are ignored. */
async function verifySignature(
  token: string,
  { key, clock, issuer }: Pick<AccessTokenOptions, 'clock' | 'issuer'> & { key: TokenKey },
): Promise<AccessTokenClaims> {
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: [key.alg],
      typ: TYP,
      issuer,
      audience: issuer,
      currentDate: new Date(clock.now()),
    });
    return claimsSchema.parse(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new Failure('token_expired', { cause: error });
    throw new Failure('token_invalid', { cause: error });
  }
}
