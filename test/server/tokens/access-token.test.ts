import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, jwtVerify, SignJWT, type KeyInput } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectFile } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import type { KeyRing, SigningKey } from '../../../server/keys/key-ring.ts';
import { publishNextKey } from '../../../server/keys/rotation.ts';
import { ALGORITHMS, type Algorithm } from '../../../server/keys/signing-key.ts';
import { createAccessTokens, type AccessTokens } from '../../../server/tokens/access-token.ts';
import { createTestClock, DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { createRing, readKeys } from '../../support/key-ring.ts';
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

let keys: KeyRing;
let tokens: AccessTokens;
/** The one that signs at `clock`, and two that are published: each can sign what everything but a forger would. */
let own: Record<Algorithm, SigningKey>;

beforeAll(async () => {
  const db = connectFile(':memory:');
  await migrate(db);
  const timeline = createTestClock(clock.now());
  const ring = await createRing({ db, clock: timeline });
  for (const [alg, lead] of [
    ['RS256', HOUR],
    ['EdDSA', 2 * HOUR],
  ] as const)
    await publishNextKey({ ...ring.settings, alg }, { lead, isDue: () => true });
  await ring.look();
  const next = async (pause: number) => {
    timeline.advance(pause);
    return ring.signing();
  };
  own = { ES256: await next(0), RS256: await next(HOUR), EdDSA: await next(HOUR) };
  keys = await createRing({ db, clock, alg: 'EdDSA' });
  tokens = createAccessTokens({ keys, clock, issuer: ISSUER, ttl: 15 * MINUTE });
  return () => db.destroy();
});

const UNKNOWN_EXTENSION = 'https://example.com/extension';

interface Forgery {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: KeyInput;
}

/** Signed with our own key unless said otherwise: everything but the named difference is right. */
async function forge({ claims = {}, header = {}, key = own.ES256.privateKey }: Forgery): Promise<string> {
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
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: own.ES256.kid, ...header })
    .sign(key, { crit: { [UNKNOWN_EXTENSION]: true } });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('an access token', () => {
  test.each(ALGORITHMS)('signed by %s is one for whoever checks it with a library', async (alg) => {
    const ours = createAccessTokens({
      keys: { ...keys, signing: async () => own[alg] },
      clock,
      issuer: ISSUER,
      ttl: 15 * MINUTE,
    });
    const { accessToken } = await ours.issue(grant);
    const jwk = readKeys(keys).find(({ kid }) => kid === own[alg].kid);
    if (!jwk) throw new Error('not published');
    const { protectedHeader, payload } = await jwtVerify(accessToken, jwk, {
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader).toEqual({ alg, typ: 'at+jwt', kid: own[alg].kid });
    expect(payload).toMatchObject({ iss: ISSUER, aud: ISSUER, sub: grant.accountId, sid: grant.sessionId });
    expect(await ours.verify(accessToken)).toMatchObject({ sub: grant.accountId });
  });

  test('is never signed by an algorithm that is not ours', async () => {
    const strange = { ...own.ES256, alg: 'HS256' };
    const ours = createAccessTokens({
      keys: { ...keys, signing: async () => strange },
      clock,
      issuer: ISSUER,
      ttl: 15 * MINUTE,
    });
    await expect(ours.issue(grant)).rejects.toThrow('no key of ours');
  });

  test('carries the claims and header of RFC 9068', async () => {
    const { accessToken, expiresIn } = await tokens.issue(grant);
    expect(expiresIn).toBe(900);
    const [header, payload] = accessToken
      .split('.')
      .slice(0, 2)
      .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: own.ES256.kid });
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

  test.each(ALGORITHMS)('of %s is accepted when the key that it names is of that algorithm', async (alg) => {
    const { kid, privateKey } = own[alg];
    const token = await forge({ key: privateKey, header: { alg, kid } });
    expect(await outcomeOf(tokens.verify(token))).toBe('succeeded');
  });

  test.each(ALGORITHMS)(
    'of %s is refused under the name of any other key of ours (RFC 8725 §3.1)',
    async (alg) => {
      for (const other of ALGORITHMS.filter((name) => name !== alg)) {
        const token = await forge({ key: own[alg].privateKey, header: { alg, kid: own[other].kid } });
        expect(await outcomeOf(tokens.verify(token)), other).toBe('token_invalid');
      }
    },
  );

  test.each(ALGORITHMS)('of %s is refused when its header says another algorithm', async (alg) => {
    const { kid, privateKey } = own[alg];
    const [, payload, signature] = (await forge({ key: privateKey, header: { alg, kid } })).split('.');
    for (const other of ['ES256', 'RS256', 'EdDSA', 'Ed25519', 'PS256', 'RS512', 'ES384', 'HS256', 'none']) {
      if (other === alg) continue;
      const relabelled = `${encode({ alg: other, typ: 'at+jwt', kid })}.${payload}.${signature}`;
      expect(await outcomeOf(tokens.verify(relabelled)), other).toBe('token_invalid');
    }
  });

  test('is refused under another algorithm that its key knows too: the key has one', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA');
    const find = async () => ({ alg: 'EdDSA', publicKey });
    const ours = createAccessTokens({ keys: { ...keys, find }, clock, issuer: ISSUER, ttl: 15 * MINUTE });
    const outcomes = ['EdDSA', 'Ed25519'].map(async (alg) =>
      outcomeOf(ours.verify(await forge({ key: privateKey, header: { alg } }))),
    );
    expect(await Promise.all(outcomes)).toEqual(['succeeded', 'token_invalid']);
  });

  test('that has been accepted is refused as soon as its key is no longer ours', async () => {
    const ring = await createRing({ clock });
    const ours = createAccessTokens({ keys: ring, clock, issuer: ISSUER, ttl: 15 * MINUTE });
    const { accessToken } = await ours.issue(grant);
    expect(await outcomeOf(ours.verify(accessToken))).toBe('succeeded');
    await ring.settings.db.deleteFrom('signing_keys').execute();
    await ring.look();
    expect(await outcomeOf(ours.verify(accessToken))).toBe('token_invalid');
  });

  test('is known at once after it has been checked, and only as it was', async () => {
    const later = createTestClock(clock.now());
    const ring = await createRing({ clock: later });
    const ours = createAccessTokens({ keys: ring, clock: later, issuer: ISSUER, ttl: 15 * MINUTE });
    const { accessToken } = await ours.issue(grant);
    expect(ours.known(accessToken)).toBeUndefined();
    const claims = await ours.verify(accessToken);
    expect(claims).toMatchObject({ sub: grant.accountId, scopes: grant.scope.split(' ') });
    expect(ours.known(accessToken)).toBe(claims);
    const [header, payload, signature = ''] = accessToken.split('.');
    const others = [
      `${header}.${encode({ ...claims, sub: grant.sessionId })}.${signature}`,
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      signature,
      ` ${accessToken}`,
      '',
    ];
    for (const other of others) {
      expect(ours.known(other), other).toBeUndefined();
      expect(await outcomeOf(ours.verify(other)), other).toBe('token_invalid');
    }
    expect(ours.known(accessToken)).toBe(claims);
    later.advance(15 * MINUTE);
    await ring.look();
    expect(ours.known(accessToken)).toBeUndefined();
  });

  test('is not known any more while nobody has looked whether its key still counts', async () => {
    const later = createTestClock(clock.now());
    const ring = await createRing({ clock: later });
    const ours = createAccessTokens({ keys: ring, clock: later, issuer: ISSUER, ttl: 15 * MINUTE });
    const { accessToken } = await ours.issue(grant);
    await ours.verify(accessToken);
    later.advance(3 * SECOND);
    expect(ours.known(accessToken)).toBeUndefined();
    expect(await outcomeOf(ours.verify(accessToken))).toBe('succeeded');
    expect(ours.known(accessToken)).toBeDefined();
  });

  test('says nothing of a database that does not answer: that is no fault of the token', async () => {
    const find = async () => {
      throw new Error('disk I/O error');
    };
    const ours = createAccessTokens({ keys: { ...keys, find }, clock, issuer: ISSUER, ttl: 15 * MINUTE });
    const { accessToken } = await tokens.issue(grant);
    await expect(ours.verify(accessToken)).rejects.toThrow('disk I/O error');
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
      'a key id that is a list': { header: { kid: [own.ES256.kid] } },
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

  test.each(ALGORITHMS)(
    'without a signature, or signed with the public key of %s as a shared secret, is refused',
    async (name) => {
      const { kid } = own[name];
      const [, payload = ''] = (await forge({})).split('.');
      const publicKey = (await keys.find(kid))?.publicKey;
      const pem = publicKey ? await exportSPKI(publicKey) : '';
      const jwk = readKeys(keys).find((key) => key.kid === kid);
      const bytes = Buffer.from(String(jwk?.['n'] ?? jwk?.['x']), 'base64url');
      for (const alg of ['none', 'None', 'nOnE', 'HS256', 'ES384']) {
        const head = encode({ alg, typ: 'at+jwt', kid });
        const macs = [pem, pem.trim(), JSON.stringify(jwk), bytes].map((secret) =>
          createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url'),
        );
        for (const signature of ['', ...macs])
          expect(await outcomeOf(tokens.verify(`${head}.${payload}.${signature}`)), alg).toBe(
            'token_invalid',
          );
      }
    },
  );

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
