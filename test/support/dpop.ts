import { createHash, randomBytes } from 'node:crypto';
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';

/** A key of a client's own, and how it proves to hold it. */
export interface ProofKey {
  publicJwk: JWK;
  privateJwk: JWK;
  /** A good proof for this request, but for what is overridden. */
  prove(wanted: ProofWanted): Promise<string>;
}

export interface ProofWanted {
  method?: string;
  url?: string;
  /** Seconds since the epoch. */
  iat: number;
  nonce?: string;
  accessToken?: string;
  claims?: Record<string, unknown>;
  header?: Partial<Record<keyof JWTHeaderParameters | string, unknown>>;
}

export async function createProofKey(
  alg = 'ES256',
  options: { modulusLength?: number } = {},
): Promise<ProofKey> {
  const pair = await generateKeyPair(alg, { extractable: true, ...options });
  return keyOf(alg, pair);
}

async function keyOf(alg: string, pair: { publicKey: CryptoKey; privateKey: CryptoKey }): Promise<ProofKey> {
  const publicJwk = await exportJWK(pair.publicKey);
  return {
    publicJwk,
    privateJwk: await exportJWK(pair.privateKey),
    prove({
      method = 'POST',
      url = 'http://localhost:3000/oauth/token',
      iat,
      nonce,
      accessToken,
      claims,
      header,
    }) {
      const ath =
        accessToken === undefined
          ? {}
          : { ath: createHash('sha256').update(accessToken).digest('base64url') };
      const payload = {
        jti: randomBytes(12).toString('base64url'),
        htm: method,
        htu: url,
        iat,
        ...(nonce !== undefined && { nonce }),
        ...ath,
        ...claims,
      };
      return new SignJWT(payload)
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: publicJwk, ...header })
        .sign(pair.privateKey);
    },
  };
}
