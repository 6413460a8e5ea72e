import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import type { Db } from '../db/connect.ts';
import type { Clock } from '../lib/clock.ts';
import { seal, unseal } from './sealing.ts';
import { insertKey, listKeys, resealKey, type StoredKey } from './store.ts';

/** ECDSA on P-256 (RFC 7518 §3.4): small signatures, and no key length to choose wrongly. */
const ALG = 'ES256';

export type Secrets = readonly [string, ...string[]];

export interface SigningKeys {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  /** By `kid`: nothing else in a token's header may choose a key. */
  publicKeys: ReadonlyMap<string, CryptoKey>;
  /** RFC 7517 §5; public members only. */
  jwks: { keys: JWK[] };
}

export class UnreadableKeyError extends Error {
  override readonly name = 'UnreadableKeyError';
}

/**
 * The keys of the database, the first made when there is none. A key that no secret opens stops the start:
 * going on with a new key would sign everybody out and hide that the secret was lost.
 */
export async function loadSigningKeys(
  db: Db,
  { secrets, clock }: { secrets: Secrets; clock: Clock },
): Promise<SigningKeys> {
  const stored = await listKeys(db);
  const [newest, ...older] = stored.length > 0 ? stored : await makeFirstKey(db, secrets, clock.now());
  if (!newest) throw new UnreadableKeyError('there is no signing key');
  const publicKeys = new Map<string, CryptoKey>();
  const jwks: JWK[] = [];
  for (const key of [newest, ...older]) {
    const jwk: JWK = { ...JSON.parse(key.public_jwk), kid: key.kid, alg: key.alg, use: 'sig' };
    jwks.push(jwk);
    publicKeys.set(key.kid, await importKey(jwk));
  }
  const privateKey = await importKey(await openKey(db, secrets, newest));
  return { alg: newest.alg, kid: newest.kid, privateKey, publicKeys, jwks: { keys: jwks } };
}

async function makeFirstKey(db: Db, secrets: Secrets, now: number): Promise<StoredKey[]> {
  const { publicKey, privateKey } = await generateKeyPair(ALG, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const sealed = seal(secrets[0], kid, JSON.stringify(await exportJWK(privateKey)));
  const key = {
    kid,
    alg: ALG,
    public_jwk: JSON.stringify(publicJwk),
    sealed_private_jwk: sealed,
    created_at: now,
    active_from: now,
  };
  // Of two processes that start at once on an empty database, the second finds the first one's key.
  return db.transaction().execute(async (trx) => {
    const others = await listKeys(trx);
    if (others.length > 0) return others;
    await insertKey(trx, key);
    return [key];
  });
}

/** Opens with whichever accepted secret sealed it; seals it again under the first when that was an older one. */
async function openKey(db: Db, secrets: Secrets, key: StoredKey): Promise<JWK> {
  for (const secret of secrets) {
    const plaintext = unseal(secret, key.kid, key.sealed_private_jwk);
    if (plaintext === undefined) continue;
    if (secret !== secrets[0]) await resealKey(db, key.kid, seal(secrets[0], key.kid, plaintext));
    return { ...JSON.parse(plaintext), alg: key.alg };
  }
  throw new UnreadableKeyError('AUTH_SECRET: does not open the signing key that is in the database');
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk);
  if (key instanceof Uint8Array) throw new UnreadableKeyError('a signing key is symmetric');
  return key;
}
