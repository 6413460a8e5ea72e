import { createHmac, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from '../../server/lib/bounded-map.ts';
import { uuidv7 } from '../../server/lib/ids.ts';
import { createChanges } from '../../server/lib/changes.ts';
import { createRevocations } from '../../server/sessions/revocations.ts';
import { createAccessTokens } from '../../server/tokens/access-token.ts';
import { createTestClock, HOUR, SECOND } from '../support/clock.ts';
import { outcomeOf } from '../support/reasons.ts';

// Keycloak CVE-2025-2559

const clock = createTestClock();
const ISSUER = 'https://login.example.com';

/** HS256, only because thousands of its signatures cost little; everything else is as in production. */
async function createCountedTokens() {
  const secret = randomBytes(32);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const hmacKey = await webcrypto.subtle.importKey('raw', secret, algorithm, true, ['sign', 'verify']);
  let checks = 0;
  const key = {
    kid: 'kid',
    alg: 'HS256',
    privateKey: KeyObject.from(hmacKey),
    /** Taken once for each signature that is checked, never for a remembered token. */
    get publicKey() {
      checks += 1;
      return hmacKey;
    },
  };
  const keys = { signing: async () => key, knows: () => true, find: async () => key };
  const tokens = createAccessTokens({ keys, clock, issuer: ISSUER, ttl: HOUR });
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = clock.now() / 1000;
  const [sub, sid] = [uuidv7(0), uuidv7(1)];
  const claims = { iss: ISSUER, aud: ISSUER, sub, sid, client_id: 'c', scope: '', iat: now, exp: now + 3600 };
  const head = encode({ alg: 'HS256', typ: 'at+jwt', kid: 'kid' });
  const issue = (jti: number) => {
    const signed = `${head}.${encode({ ...claims, auth_time: now, amr: [], jti: String(jti) })}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  return { tokens, issue, countChecks: () => checks };
}

test('the memory of verified tokens stops growing: the one that came first is forgotten, however much it is used', async () => {
  const { tokens, issue, countChecks } = await createCountedTokens();
  const checksFor = async (token: string) => {
    const before = countChecks();
    await tokens.verify(token);
    return countChecks() - before;
  };
  expect(await checksFor(issue(0))).toBe(1);
  expect(await checksFor(issue(0))).toBe(0);
  for (let index = 0; index < 20_000; index += 100)
    await Promise.all(Array.from({ length: 100 }, (_, offset) => tokens.verify(issue(index + offset))));
  expect(await checksFor(issue(0))).toBe(0);
  expect(await checksFor(issue(20_000))).toBe(1);
  expect(await checksFor(issue(0))).toBe(1);
  expect(await checksFor(issue(20_000))).toBe(0);
}, 30_000);

test('a token that is not ours is not remembered, so that a stranger cannot fill the memory', async () => {
  const { tokens, issue, countChecks } = await createCountedTokens();
  const forged = `${issue(1).slice(0, -4)}AAAA`;
  for (let count = 1; count <= 5; count += 1) {
    expect(await outcomeOf(tokens.verify(forged))).toBe('token_invalid');
    expect(countChecks()).toBe(count);
  }
});

test('a bounded map never holds more than its limit, and keeps what was used last', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('get', 'peek', 'set', 'delete'), fc.integer({ min: 0, max: 12 })),
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (operations, limit) => {
      const map = new BoundedMap<number, string>(limit);
      let used: number[] = [];
      for (const [operation, key] of operations) {
        const known = used.includes(key);
        if (operation === 'get') expect(map.get(key)).toBe(known ? String(key) : undefined);
        else if (operation === 'peek') expect(map.peek(key)).toBe(known ? String(key) : undefined);
        else if (operation === 'set') map.set(key, String(key));
        else map.delete(key);
        if (operation === 'peek') continue;
        const stays = operation === 'set' || (operation === 'get' && known);
        used = [...used.filter((other) => other !== key), ...(stays ? [key] : [])].slice(-limit);
        expect(map.size).toBe(used.length);
      }
    }),
  );
});

test('revocations are forgotten once no access token of their session can be alive', () => {
  const revocations = createRevocations(HOUR, createChanges());
  const start = clock.now();
  for (let index = 0; index < 10_000; index += 1)
    revocations.add({ id: String(index), at: start + index * SECOND, reason: 'signed_out' });
  expect(revocations.size()).toBe(3601);
  expect(revocations.reasonOf('6398')).toBeUndefined();
  expect(revocations.reasonOf('6399')).toBe('signed_out');
});
