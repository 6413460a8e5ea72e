import { sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * What node:crypto needs to know of each algorithm of keys/signing-key.ts. No digest: Ed25519 has its own. Slow: more than a
 * millisecond, for which other calls must not wait; it is made in one of libuv's threads.
 */
const METHODS: Record<string, { digest?: string; slow?: true }> = {
  ES256: { digest: 'sha256' },
  EdDSA: {},
  RS256: { digest: 'sha256', slow: true },
};

const signInThread = promisify(sign);

export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: KeyObject;
}

/**
 * A compact JWS (RFC 7515 §7.1) of claims that are ours. The quick signatures are made here and now: handing one to another
 * thread, as jose does, costs more than it takes. jose still checks every token. See decision 25.
 */
export async function signJwt(
  claims: object,
  { typ, key: { kid, alg, privateKey } }: { typ: string; key: SigningKey },
): Promise<string> {
  const method = METHODS[alg];
  if (!method) throw new Error(`no key of ours signs with ${alg}`);
  const input = `${encode({ alg, typ, kid })}.${encode(claims)}`;
  const data = Buffer.from(input);
  // RFC 7518 §3.4: R and S side by side, where OpenSSL would write DER. Without effect on the other algorithms.
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const { digest, slow } = method;
  const signature = slow ? await signInThread(digest, data, key) : sign(digest, data, key);
  return `${input}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
