import { expect, describe, test } from 'vitest';
import { createDpop, type Dpop } from '../../../server/dpop/dpop.ts';
import { createNonces } from '../../../server/dpop/nonces.ts';
import { createReplays } from '../../../server/dpop/replays.ts';
import { Failure } from '../../../server/lib/failure.ts';
import { createTestClock, MINUTE, SECOND } from '../../support/clock.ts';
import { createProofKey } from '../../support/dpop.ts';
import { SECRET } from '../../support/secret.ts';

const OTHER_SECRET = 'QW5vdGhlciBzZWNyZXQgdGhhbiB0aGUgZmlyc3QsIGFsc28gbG9uZyBlbm91Z2g';
const origins = ['http://localhost:3000', 'http://127.0.0.1:3000'];

async function outcomeOf(verified: Promise<unknown>): Promise<string> {
  try {
    await verified;
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.dpop ?? error.reason;
  }
}

async function setUp() {
  const clock = createTestClock();
  const dpop = createDpop({ secrets: [SECRET], clock, origins });
  const key = await createProofKey();
  const prove = (nonce: string | undefined = dpop.nonce(), claims = {}) =>
    key.prove({ iat: Math.floor(clock.now() / 1000), ...(nonce && { nonce }), claims });
  return { clock, dpop, key, prove };
}

const present = (dpop: Dpop, proof: string) =>
  outcomeOf(dpop.verify({ proof, method: 'POST', path: '/oauth/token' }));

describe('a nonce', () => {
  test('is always asked for', async () => {
    const { dpop, prove } = await setUp();
    expect(await present(dpop, await prove(''))).toBe('use_dpop_nonce');
    expect(await present(dpop, await prove('made up'))).toBe('use_dpop_nonce');
    expect(await present(dpop, await prove())).toBe('accepted');
  });

  test('does not help a proof that is none', async () => {
    const { dpop, prove } = await setUp();
    expect(await present(dpop, await prove(dpop.nonce(), { htm: 'GET' }))).toBe('invalid_dpop_proof');
  });

  test('is accepted for one to two minutes, and not before it was given', () => {
    const clock = createTestClock(0);
    const nonces = createNonces({ secrets: [SECRET], clock });
    const later = createNonces({ secrets: [SECRET], clock: { now: () => MINUTE } });
    const first = nonces.current();
    expect(nonces.isCurrent(later.current())).toBe(false);
    clock.advance(2 * MINUTE - 1);
    expect(nonces.current()).not.toBe(first);
    expect(nonces.isCurrent(first)).toBe(true);
    clock.advance(1);
    expect(nonces.isCurrent(first)).toBe(false);
  });

  test('is known to every process with the secret, also while that is replaced, and to no other', () => {
    const clock = createTestClock();
    const [old, rotated, foreign] = [[SECRET], [OTHER_SECRET, SECRET], [OTHER_SECRET]].map((secrets) =>
      createNonces({ secrets: secrets as [string, ...string[]], clock }),
    );
    expect(rotated?.isCurrent(old?.current() ?? '')).toBe(true);
    expect(rotated?.current()).toBe(foreign?.current());
    expect(foreign?.isCurrent(old?.current() ?? '')).toBe(false);
    expect(old?.current()).toMatch(/^[\w-]{22}$/);
  });
});

describe('a proof', () => {
  test('passes once, also when it comes twice at the same moment', async () => {
    const { dpop, prove } = await setUp();
    const proof = await prove();
    const outcomes = await Promise.all([present(dpop, proof), present(dpop, proof), present(dpop, proof)]);
    expect(outcomes.toSorted()).toEqual(['accepted', 'invalid_dpop_proof', 'invalid_dpop_proof']);
    expect(await present(dpop, proof)).toBe('invalid_dpop_proof');
  });

  test('is remembered for as long as it could be accepted, at the edges of its time too', async () => {
    const { clock, dpop, key } = await setUp();
    const iat = Math.floor(clock.now() / 1000) + 10;
    const proof = await key.prove({ iat, nonce: dpop.nonce() });
    expect(await present(dpop, proof)).toBe('accepted');
    for (let seconds = 0; seconds < 130; seconds += 5) {
      expect(await present(dpop, proof)).toMatch(/^(invalid_dpop_proof|use_dpop_nonce)$/);
      // Others come and go: the memory is swept meanwhile.
      const other = await key.prove({ iat: Math.floor(clock.now() / 1000), nonce: dpop.nonce() });
      expect(await present(dpop, other)).toBe('accepted');
      clock.advance(5 * SECOND);
    }
  });

  test('of another key may use the same identifier', async () => {
    const { clock, dpop } = await setUp();
    const iat = Math.floor(clock.now() / 1000);
    for (const key of [await createProofKey(), await createProofKey()])
      expect(
        await present(dpop, await key.prove({ iat, nonce: dpop.nonce(), claims: { jti: 'same' } })),
      ).toBe('accepted');
  });

  test('may name any of the names of this server', async () => {
    const { clock, dpop, key } = await setUp();
    const iat = Math.floor(clock.now() / 1000);
    for (const origin of [...origins, 'http://evil.example:3000'])
      expect(
        await present(dpop, await key.prove({ iat, nonce: dpop.nonce(), url: `${origin}/oauth/token` })),
      ).toBe(origin.includes('evil') ? 'invalid_dpop_proof' : 'accepted');
  });

  test('that was refused is not remembered: its sender may send it where it belongs', async () => {
    const { clock, dpop, key } = await setUp();
    const proof = await key.prove({
      iat: Math.floor(clock.now() / 1000),
      nonce: dpop.nonce(),
      url: `${origins[0]}/x`,
    });
    expect(await present(dpop, proof)).toBe('invalid_dpop_proof');
    expect(await outcomeOf(dpop.verify({ proof, method: 'POST', path: '/x' }))).toBe('accepted');
  });
});

describe('the memory of proofs', () => {
  test('is bounded, and refuses rather than forgets', () => {
    const replays = createReplays(3);
    const note = (jti: string, now: number) => replays.note({ jkt: 'k', jti }, { now, until: now + 70 });
    expect(['a', 'b', 'c', 'd', 'a'].map((jti) => note(jti, 0))).toEqual([true, true, true, 'full', false]);
    expect(replays.size()).toBe(3);
    expect(note('a', 70)).toBe(false);
    expect(note('d', 71)).toBe(true);
    expect(replays.size()).toBe(1);
  });

  test('is swept as it fills: what has ended makes room', () => {
    const replays = createReplays();
    for (let second = 0; second < 1000; second += 1)
      replays.note({ jkt: 'k', jti: String(second) }, { now: second, until: second + 70 });
    expect(replays.size()).toBe(71);
  });
});
