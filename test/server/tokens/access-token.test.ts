import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { loadSigningKeys, type SigningKeys } from '../../../server/keys/signing-keys.ts';
import { createAccessTokens, type AccessTokens } from '../../../server/tokens/access-token.ts';
import { createTestClock, DAY, MINUTE, SECOND } from '../../support/clock.ts';
import { outcomeOf } from '../../support/reasons.ts';

const ISSUER = 'https://login.example.com';
const clock = createTestClock();
const seconds = () => Math.floor(clock.now() / 1000);
const grant = {
  accountId: '018f2b6a-7c1d-7e3f-8a9b-0c1d2e3f4a5b',
  sessionId: '018f2b6a-7c1d-7e3f-8a9b-0c1d2e3f4a5c',
  clientId: 'sallyport',
  scope: 'profile:read profile:write',
  authenticatedAt: clock.now(),
  sessionEndsAt: clock.now() + DAY,
};

let keys: SigningKeys;
let tokens: AccessTokens;

beforeAll(async () => {
  const db = connect(':memory:');
  await migrate(db);
  keys = await loadSigningKeys(db, { secrets: ['a test secret of no importance'], clock });
  tokens = createAccessTokens({ keys, clock, issuer: ISSUER, ttl: 15 * MINUTE });
  await db.destroy();
});

const UNKNOWN_EXTENSION = 'https://example.com/extension';

interface Forgery {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}

/** Signed with our own key unless said otherwise: everything but the named difference is right. */
async function forge({ claims = {}, header = {}, key = keys.privateKey }: Forgery): Promise<string> {
  const good = {
    iss: ISSUER,
    aud: ISSUER,
    sub: grant.accountId,
    sid: grant.sessionId,
    client_id: grant.clientId,
    scope: grant.scope,
    iat: seconds(),
    exp: seconds() + 900,
    auth_time: seconds(),
    amr: ['pwd'],
    jti: 'forged',
  };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keys.kid, ...header })
    .sign(key, { crit: { [UNKNOWN_EXTENSION]: true } });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('an access token', () => {
  test('carries the claims and header of RFC 9068', async () => {
    const { accessToken, expiresIn } = await tokens.issue(grant);
    expect(expiresIn).toBe(900);
    const [header, payload] = accessToken
      .split('.')
      .slice(0, 2)
      .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys.kid });
    expect(payload).toEqual({
      iss: ISSUER,
      aud: ISSUER,
      sub: grant.accountId,
      client_id: 'sallyport',
      iat: seconds(),
      exp: seconds() + 900,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      scope: grant.scope,
      sid: grant.sessionId,
      auth_time: seconds(),
      amr: ['pwd'],
    });
  });

  test('made by hand with the right key and claims is accepted, so that the refusals below mean something', async () => {
    expect(await outcomeOf(tokens.verify(await forge({})))).toBe('succeeded');
  });

  test('expires on the second, remembered or not', async () => {
    const later = createTestClock(clock.now());
    const ours = createAccessTokens({ keys, clock: later, issuer: ISSUER, ttl: 15 * MINUTE });
    const [{ accessToken: remembered }, { accessToken: fresh }] = [
      await ours.issue(grant),
      await ours.issue(grant),
    ];
    await ours.verify(remembered);
    later.advance(15 * MINUTE - SECOND);
    expect(await outcomeOf(ours.verify(remembered))).toBe('succeeded');
    later.advance(SECOND);
    expect(await outcomeOf(ours.verify(remembered))).toBe('token_expired');
    expect(await outcomeOf(ours.verify(fresh))).toBe('token_expired');
  });

  test('never outlives its session', async () => {
    const sessionEndsAt = clock.now() + 90 * SECOND;
    const { accessToken, expiresIn } = await tokens.issue({ ...grant, sessionEndsAt });
    expect(expiresIn).toBe(90);
    expect((await tokens.verify(accessToken)).exp).toBe(seconds() + 90);
  });

  test('longer than any of ours is refused before its signature is looked at', async () => {
    const long = await forge({ claims: { padding: 'x'.repeat(4096) } });
    expect(await outcomeOf(tokens.verify(long))).toBe('token_invalid');
  });

  test('is refused under another algorithm, even with a key of ours that knows it', async () => {
    const rsa = await generateKeyPair('RS256');
    const publicKeys = new Map([...keys.publicKeys, ['rsa', rsa.publicKey]]);
    const mixed = createAccessTokens({
      keys: { ...keys, publicKeys },
      clock,
      issuer: ISSUER,
      ttl: 15 * MINUTE,
    });
    const token = await forge({ key: rsa.privateKey, header: { alg: 'RS256', kid: 'rsa' } });
    expect(await outcomeOf(mixed.verify(token))).toBe('token_invalid');
  });

  test('of another issuer, audience, type, shape or time is refused (RFC 8725 §3)', async () => {
    const forgeries: Record<string, Forgery> = {
      'another issuer': { claims: { iss: 'https://evil.example.com' } },
      'an issuer with a trailing slash': { claims: { iss: `${ISSUER}/` } },
      'no issuer': { claims: { iss: undefined } },
      'another audience': { claims: { aud: 'https://other.example.com' } },
      'a list of other audiences': { claims: { aud: ['https://other.example.com'] } },
      'an audience that is an object': { claims: { aud: { [ISSUER]: true } } },
      'no audience': { claims: { aud: undefined } },
      'the type of an ID token': { header: { typ: 'JWT' } },
      'no type': { header: { typ: undefined } },
      'no expiry': { claims: { exp: undefined } },
      'an expiry that is text': { claims: { exp: String(seconds() + 900) } },
      'not valid yet': { claims: { nbf: seconds() + 60 } },
      'no subject': { claims: { sub: undefined } },
      'no session': { claims: { sid: undefined } },
      'a subject that is no account id': { claims: { sub: 'admin' } },
      'an unknown key id': { header: { kid: 'unknown' } },
      'no key id': { header: { kid: undefined } },
      'a critical extension that nobody knows': {
        header: { crit: [UNKNOWN_EXTENSION], [UNKNOWN_EXTENSION]: true },
      },
    };
    for (const [what, forgery] of Object.entries(forgeries))
      expect(await outcomeOf(tokens.verify(await forge(forgery))), what).toBe('token_invalid');
    const expired = await forge({ claims: { exp: seconds() - 1 } });
    expect(await outcomeOf(tokens.verify(expired))).toBe('token_expired');
  });

  test('signed with another key is refused, also when the header brings that key along', async () => {
    const thief = await generateKeyPair('ES256', { extractable: true });
    const jwk = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' };
    const headers: Record<string, unknown>[] = [
      {},
      { jwk },
      { jku: 'https://127.0.0.1/jwks.json' },
      { x5u: 'https://127.0.0.1/cert.pem' },
    ];
    for (const header of headers) {
      const token = await forge({ key: thief.privateKey, header });
      expect(await outcomeOf(tokens.verify(token)), JSON.stringify(header)).toBe('token_invalid');
    }
  });

  test('without a signature, or signed with the public key as a shared secret, is refused', async () => {
    const [, payload = ''] = (await forge({})).split('.');
    const publicKey = keys.publicKeys.get(keys.kid);
    const pem = publicKey ? await exportSPKI(publicKey) : '';
    for (const alg of ['none', 'None', 'nOnE', 'HS256', 'ES384']) {
      const head = encode({ alg, typ: 'at+jwt', kid: keys.kid });
      const mac = createHmac('sha256', pem).update(`${head}.${payload}`).digest('base64url');
      for (const signature of ['', mac])
        expect(await outcomeOf(tokens.verify(`${head}.${payload}.${signature}`)), alg).toBe('token_invalid');
    }
  });

  test('in any text but its own is refused', async () => {
    const { accessToken: token } = await tokens.issue(grant);
    const variants = [
      `${token}=`,
      `${token} `,
      ` ${token}`,
      `${token}\n`,
      token.replace('.', '..'),
      `${token}.`,
      token.slice(1),
      token.slice(0, -1),
      '',
      '.',
      '..',
      'null',
      'Bearer',
      token.split('.').slice(0, 2).join('.'),
      `${token.slice(0, 300)} ${token.slice(300)}`,
      `${'A'.repeat(5000)}.${'A'.repeat(5000)}.A`,
    ];
    for (const text of variants)
      expect(await outcomeOf(tokens.verify(text)), text.slice(0, 40)).toBe('token_invalid');
  });
});
