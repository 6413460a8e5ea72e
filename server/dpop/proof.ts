import { createHash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  EmbeddedJWK,
  errors,
  jwtVerify,
  type JWK,
} from 'jose';
import { z } from 'zod';
import { parseUrl } from '../../shared/url.ts';
import { Failure } from '../lib/failure.ts';

/** Asymmetric, every one (RFC 9449 §4.3, 5): with a symmetric one whoever checks a proof could make it. */
export const ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA', 'RS256', 'PS256'] as const;

const TYP = 'dpop+jwt';

/** jose alone tolerates padding and white space; and of two headers, joined by a comma, none is a proof (§4.3, 1). */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MAX_LENGTH = 4096;

/** Bits: a check with a longer RSA key costs too much to do for strangers. jose refuses those below 2048. */
const MAX_RSA_MODULUS = 4096;

/** Seconds: how old a proof may be, and how far a client's clock may run ahead. The nonce bounds it by our own clock. */
export const MAX_AGE = 60;
export const MAX_AHEAD = 10;

const claimsSchema = z.object({
  jti: z.string().min(1).max(200),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  nonce: z.string().optional(),
  ath: z.string().optional(),
});

/** An RSA exponent of thousands of bits would make a check cost milliseconds; everybody's is `AQAB`. */
const jwkSchema = z.looseObject({
  kty: z.enum(['EC', 'OKP', 'RSA']),
  n: z.string().optional(),
  e: z.string().max(6).optional(),
});

export interface Expected {
  method: string;
  /** Absolute, without query and fragment; any of them. */
  targets: readonly string[];
  /** The access token that came with it. */
  accessToken?: string | undefined;
  /** Seconds since the epoch. */
  now: number;
}

export interface Proof {
  /** SHA-256 thumbprint of the key (RFC 7638), base64url. */
  jkt: string;
  jti: string;
  /** Seconds since the epoch. */
  iat: number;
  nonce: string | undefined;
}

/** Every check of RFC 9449 §4.3 that needs no memory. Fails with `token_invalid`, `invalid_dpop_proof`. */
export async function readProof(text: string, expected: Expected): Promise<Proof> {
  if (text.length > MAX_LENGTH || !COMPACT_JWS.test(text)) throw invalidProof();
  try {
    const jwk = readKey(text);
    const { payload } = await jwtVerify(text, EmbeddedJWK, { algorithms: [...ALGORITHMS], typ: TYP });
    const { jti, htm, htu, iat, nonce, ath } = claimsSchema.parse(payload);
    const isForThis =
      htm === expected.method &&
      expected.targets.some((target) => isSameTarget(htu, target)) &&
      iat >= expected.now - MAX_AGE &&
      iat <= expected.now + MAX_AHEAD &&
      (expected.accessToken === undefined || ath === hashToken(expected.accessToken));
    if (!isForThis) throw invalidProof();
    return { jkt: await calculateJwkThumbprint(jwk), jti, iat, nonce };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (isUnusable(error)) throw invalidProof(error);
    throw error;
  }
}

/** The key in the header, before anything is computed with it. That it is no private one (§4.3, 7) EmbeddedJWK sees to. */
function readKey(text: string): JWK {
  const { jwk } = decodeProtectedHeader(text);
  const { kty, n } = jwkSchema.parse(jwk);
  const bits = n === undefined ? 0 : Buffer.from(n, 'base64url').length * 8;
  if (!jwk || (kty === 'RSA' && bits > MAX_RSA_MODULUS)) throw invalidProof();
  return jwk;
}

/** §4.3, 9: after syntax-based and scheme-based normalisation (RFC 3986 §6.2), without query and fragment. */
function isSameTarget(htu: string, target: string): boolean {
  const url = parseUrl(htu);
  if (!url) return false;
  const { origin, pathname, username, password } = url;
  const wanted = new URL(target);
  return username === '' && password === '' && origin === wanted.origin && pathname === wanted.pathname;
}

/** §4.2, `ath`. */
function hashToken(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}

function isUnusable(error: unknown): boolean {
  if (error instanceof errors.JOSEError || error instanceof z.ZodError) return true;
  // How Node and jose refuse a key that is none, and a header that is no JSON.
  return error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException;
}

export function invalidProof(cause?: unknown): Failure {
  return new Failure('token_invalid', { dpop: 'invalid_dpop_proof', cause });
}
