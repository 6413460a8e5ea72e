import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readProof, type Expected } from '../../../server/dpop/proof.ts';
import { Failure } from '../../../server/lib/failure.ts';
import { createProofKey, type ProofWanted } from '../../support/dpop.ts';

const NOW = 1_795_521_600;
const TARGET = 'http://localhost:3000/oauth/token';
const EXPECTED: Expected = { method: 'POST', targets: [TARGET], now: NOW };

/** What becomes of a proof: `accepted`, or the error code of RFC 9449. */
async function judge(proof: string, expected: Partial<Expected> = {}): Promise<string> {
  try {
    await readProof(proof, { ...EXPECTED, ...expected });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.dpop ?? error.reason;
  }
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the proofs of RFC 9449', () => {
  const file = fileURLToPath(new URL('../../data/dpop/rfc9449-examples.json', import.meta.url));
  const { vectors } = z
    .object({
      vectors: z.array(
        z.object({
          fig: z.string(),
          method: z.string(),
          url: z.string(),
          proof: z.string(),
          payload: z.object({ iat: z.number() }),
          accessToken: z.string().optional(),
          jkt: z.string(),
        }),
      ),
    })
    .parse(JSON.parse(readFileSync(file, 'utf8')));

  test.each(vectors)(
    'are accepted in their time: $fig',
    async ({ proof, method, url, payload, accessToken, jkt }) => {
      const expected = { method, targets: [url], accessToken, now: payload.iat };
      expect(await readProof(proof, expected)).toMatchObject({ jkt, iat: payload.iat });
      expect(await judge(proof, { ...expected, now: payload.iat + 61 })).toBe('invalid_dpop_proof');
    },
  );
});

describe('a proof', () => {
  test.each(['ES256', 'Ed25519', 'EdDSA', 'RS256', 'PS256'])('may be signed with %s', async (alg) => {
    const key = await createProofKey(alg);
    const { jkt } = await readProof(await key.prove({ iat: NOW }), EXPECTED);
    expect(jkt).toBe(await calculateJwkThumbprint(key.publicJwk));
  });

  const otherToken = { accessToken: 'another token' };
  const cases: [string, Partial<ProofWanted>, Partial<Expected>, string][] = [
    ['for this request', {}, {}, 'accepted'],
    ['with a query and a fragment in htu', { url: `${TARGET}?a=1#b` }, {}, 'accepted'],
    [
      'with the scheme and the host in capitals',
      { url: 'HTTP://LOCALHOST:3000/oauth/token' },
      {},
      'accepted',
    ],
    [
      'with its default port',
      { url: 'https://a.example:443/t' },
      { targets: ['https://a.example/t'] },
      'accepted',
    ],
    ['with escaped letters in the path', { url: 'http://localhost:3000/oauth/./token' }, {}, 'accepted'],
    ['for the second name of this server', {}, { targets: ['http://127.0.0.1:3000/x', TARGET] }, 'accepted'],
    ['of a minute ago', { iat: NOW - 60 }, {}, 'accepted'],
    ['of more than a minute ago', { iat: NOW - 61 }, {}, 'invalid_dpop_proof'],
    ['of ten seconds ahead', { iat: NOW + 10 }, {}, 'accepted'],
    ['of more than ten seconds ahead', { iat: NOW + 11 }, {}, 'invalid_dpop_proof'],
    ['for another method', { method: 'GET' }, {}, 'invalid_dpop_proof'],
    ['for the method in small letters', { method: 'post' }, {}, 'invalid_dpop_proof'],
    ['for another path', { url: 'http://localhost:3000/oauth/revoke' }, {}, 'invalid_dpop_proof'],
    ['for a path in capitals', { url: 'http://localhost:3000/OAUTH/token' }, {}, 'invalid_dpop_proof'],
    ['for another host', { url: 'http://evil.example/oauth/token' }, {}, 'invalid_dpop_proof'],
    ['for another port', { url: 'http://localhost:3001/oauth/token' }, {}, 'invalid_dpop_proof'],
    ['for another scheme', { url: 'https://localhost:3000/oauth/token' }, {}, 'invalid_dpop_proof'],
    [
      'for a host with a name in front',
      { url: 'http://x@localhost:3000/oauth/token' },
      {},
      'invalid_dpop_proof',
    ],
    ['for no URL', { url: '/oauth/token' }, {}, 'invalid_dpop_proof'],
    ['for the token that came with it', { accessToken: 'a token' }, { accessToken: 'a token' }, 'accepted'],
    ['for another token', { accessToken: 'a token' }, otherToken, 'invalid_dpop_proof'],
    ['for no token where one came', {}, otherToken, 'invalid_dpop_proof'],
    ['with another typ', { header: { typ: 'JWT' } }, {}, 'invalid_dpop_proof'],
    ['with the typ of an access token', { header: { typ: 'at+jwt' } }, {}, 'invalid_dpop_proof'],
    ['without typ', { header: { typ: undefined } }, {}, 'invalid_dpop_proof'],
    ['without a key', { header: { jwk: undefined } }, {}, 'invalid_dpop_proof'],
    ['with text for a key', { header: { jwk: 'key' } }, {}, 'invalid_dpop_proof'],
    ['with a list for a key', { header: { jwk: [] } }, {}, 'invalid_dpop_proof'],
    ['with null for a key', { header: { jwk: null } }, {}, 'invalid_dpop_proof'],
    ['with a symmetric key', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }, {}, 'invalid_dpop_proof'],
    [
      'with half a key',
      { header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AAAA' } } },
      {},
      'invalid_dpop_proof',
    ],
    [
      'with a key by reference',
      { header: { jwk: undefined, jku: 'https://evil.example' } },
      {},
      'invalid_dpop_proof',
    ],
    ['without jti', { claims: { jti: undefined } }, {}, 'invalid_dpop_proof'],
    ['with an empty jti', { claims: { jti: '' } }, {}, 'invalid_dpop_proof'],
    ['with a number for jti', { claims: { jti: 7 } }, {}, 'invalid_dpop_proof'],
    ['with a jti of a book', { claims: { jti: 'j'.repeat(201) } }, {}, 'invalid_dpop_proof'],
    ['without htm', { claims: { htm: undefined } }, {}, 'invalid_dpop_proof'],
    ['without htu', { claims: { htu: undefined } }, {}, 'invalid_dpop_proof'],
    ['without iat', { claims: { iat: undefined } }, {}, 'invalid_dpop_proof'],
    ['with text for iat', { claims: { iat: String(NOW) } }, {}, 'invalid_dpop_proof'],
    ['with a number for its nonce', { claims: { nonce: 7 } }, {}, 'invalid_dpop_proof'],
    ['that has expired by its own word', { claims: { exp: 1 } }, {}, 'invalid_dpop_proof'],
    ['longer than four kibibytes', { claims: { padding: 'p'.repeat(4000) } }, {}, 'invalid_dpop_proof'],
  ];
  test.each(cases)('%s', async (_name, wanted, expected, outcome) => {
    const key = await createProofKey();
    expect(await judge(await key.prove({ iat: NOW, ...wanted }), expected)).toBe(outcome);
  });

  test('is refused with a private key in it, which somebody has given away', async () => {
    const key = await createProofKey();
    const proof = await key.prove({ iat: NOW, header: { jwk: key.privateJwk } });
    expect(await judge(proof)).toBe('invalid_dpop_proof');
  });

  test('is refused when it is signed with a key other than the one in it', async () => {
    const [key, other] = [await createProofKey(), await createProofKey()];
    expect(await judge(await key.prove({ iat: NOW, header: { jwk: other.publicJwk } }))).toBe(
      'invalid_dpop_proof',
    );
  });

  test('is refused with an RSA key that can be factored, or that costs too much to use', async () => {
    for (const modulusLength of [1024, 4104]) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
      const jwk = { ...privateKey.export({ format: 'jwk' }) };
      const head = base64({ alg: 'RS256', typ: 'dpop+jwt', jwk: { kty: 'RSA', n: jwk.n, e: jwk.e } });
      const body = base64({ jti: 'j', htm: 'POST', htu: TARGET, iat: NOW });
      const signature = sign('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url');
      expect(await judge(`${head}.${body}.${signature}`), `${modulusLength}`).toBe('invalid_dpop_proof');
    }
  });

  test('is refused with an exponent that would keep us busy, before anything is computed', async () => {
    const key = await createProofKey('RS256');
    const jwk = { ...key.publicJwk, e: 'A'.repeat(500) };
    const proof = await key.prove({ iat: NOW, header: { jwk } });
    await expect(readProof(proof, EXPECTED)).rejects.toMatchObject({ cause: { name: 'ZodError' } });
  });

  test.each(['ES384', 'RS512'])(
    'is refused with a good signature by %s, which is not on the list',
    async (alg) => {
      expect(await judge(await (await createProofKey(alg)).prove({ iat: NOW }))).toBe('invalid_dpop_proof');
    },
  );

  test.each(['none', 'HS256', 'ES256K', 'ES384', 'Ed448', ''])('is refused that says alg %j', async (alg) => {
    const { publicJwk } = await createProofKey();
    const head = base64({ alg, typ: 'dpop+jwt', jwk: publicJwk });
    const body = base64({ jti: 'j', htm: 'POST', htu: TARGET, iat: NOW });
    const mac = createHmac('sha256', JSON.stringify(publicJwk)).update(`${head}.${body}`).digest('base64url');
    for (const signature of [mac, 'AAAA'])
      expect(await judge(`${head}.${body}.${signature}`)).toBe('invalid_dpop_proof');
  });

  test('is one, and in one spelling', async () => {
    const key = await createProofKey();
    const proof = await key.prove({ iat: NOW });
    for (const spelling of [
      `${proof},${proof}`,
      `${proof}, ${await key.prove({ iat: NOW })}`,
      ` ${proof}`,
      `${proof} `,
      `${proof}=`,
      `${proof}\n`,
      proof.replace('.', '..'),
      '',
      'undefined',
    ])
      expect(await judge(spelling), spelling).toBe('invalid_dpop_proof');
  });

  test('changed anywhere, is never anything but refused', async () => {
    const proof = await (await createProofKey()).prove({ iat: NOW });
    const changed = fc.tuple(fc.nat(proof.length - 1), fc.constantFrom(...'Aa9_-.'.split('')));
    await fc.assert(
      fc.asyncProperty(changed, async ([index, letter]) => {
        const other = proof.slice(0, index) + letter + proof.slice(index + 1);
        fc.pre(other !== proof && !isSameBytes(other, proof));
        expect(await judge(other)).toBe('invalid_dpop_proof');
      }),
      { numRuns: 100 },
    );
  });

  test('of anything at all, is never anything but refused', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
        expect(await judge(parts.join('.'))).toBe('invalid_dpop_proof');
      }),
      { numRuns: 200 },
    );
  });
});

/** The last letter of base64url may hold bits that mean nothing. */
function isSameBytes(one: string, other: string): boolean {
  const bytes = (text: string) =>
    text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  return bytes(one).join('.') === bytes(other).join('.');
}
