import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import type { Db } from '../db/connect.ts';
import { createSealing, type Sealing, type Secrets } from '../lib/sealing.ts';
import { resealKey, type StoredKey } from './store.ts';

/**
 * Asymmetric all of them, so that no public key is ever a shared secret. ES256 is small and fast; RS256 is what every
 * library knows (RFC 9068 §2.1); EdDSA is Ed25519, under the name that most of them use for it (RFC 8037 §3.1).
 */
export const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** Bits. Good beyond 2030 (NIST SP 800-57 part 1, table 2), where 2048 is not. */
const RSA_MODULUS = 3072;

/** A message for the operator: the database has a key that this process cannot use. */
export class UnreadableKeyError extends Error {
  override readonly name = 'UnreadableKeyError';
}

/** Named by its thumbprint (RFC 7638): no two keys share a `kid`, whoever made them. Takes half a second for RS256. */
export async function makeKey(
  alg: Algorithm,
  secrets: Secrets,
): Promise<Omit<StoredKey, 'created_at' | 'active_from'>> {
  const { publicKey, privateKey } = await generateKeyPair(alg, {
    extractable: true,
    modulusLength: RSA_MODULUS,
  });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    kid,
    alg,
    public_jwk: JSON.stringify(publicJwk),
    sealed_private_jwk: sealingUnder(secrets).seal(kid, JSON.stringify(await exportJWK(privateKey))),
  };
}

/** As it is published (RFC 7517 §4); public members only. */
export function readPublicJwk(key: StoredKey): JWK {
  return { ...JSON.parse(key.public_jwk), kid: key.kid, alg: key.alg, use: 'sig' };
}

/** Undefined when no secret opens it. One that only an older secret opens is sealed again under the first. */
export async function openPrivateJwk(db: Db, secrets: Secrets, key: StoredKey): Promise<JWK | undefined> {
  const sealing = sealingUnder(secrets);
  const opened = sealing.unseal(key.kid, key.sealed_private_jwk);
  if (!opened) return undefined;
  if (!opened.isCurrent) await resealKey(db, key.kid, sealing.seal(key.kid, opened.plaintext));
  return { ...JSON.parse(opened.plaintext), alg: key.alg };
}

function sealingUnder(secrets: Secrets): Sealing {
  return createSealing(secrets, 'signing-key-sealing');
}

/** For jose, which checks signatures. */
export async function importKey(jwk: JWK): Promise<CryptoKey> {
  requireAlgorithm(jwk);
  const key = await importJWK(jwk);
  if (key instanceof Uint8Array) throw new UnreadableKeyError('a signing key is symmetric');
  return key;
}

/** For node:crypto, which makes them: see tokens/sign.ts. */
export function importPrivateKey(jwk: JWK): KeyObject {
  requireAlgorithm(jwk);
  return createPrivateKey({ key: { ...jwk }, format: 'jwk' });
}

/** Only of the algorithms above: a row that says otherwise is not one of ours (RFC 8725 §3.1). */
function requireAlgorithm({ alg }: JWK): void {
  if (!ALGORITHMS.some((known) => known === alg))
    throw new UnreadableKeyError(`the database has a signing key of an unknown algorithm: ${alg}`);
}
