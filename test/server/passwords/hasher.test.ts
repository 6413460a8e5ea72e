import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../../server/lib/failure.ts';
import { createHasher } from '../../../server/passwords/hasher.ts';
import { anyText } from '../../support/arbitrary.ts';

const PASSWORD = 'a lantern for the long night';
/** Of the password `password`, and of `U*U*U`; all at cost 5. */
const V1 = '$bcrypt-sha256$2b,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu';
const V2 = '$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS';
const PLAIN = '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a';

const hasher = createHasher({ cost: 4 });
afterAll(() => hasher.close());

describe('a new hash', () => {
  test('is Passlib’s bcrypt_sha256 version 2 at the configured cost, with a salt of its own', async () => {
    const [first, second] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);
    expect(first).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}$/);
    expect(second).not.toBe(first);
  });

  test('opens for its password alone', async () => {
    const stored = await hasher.hash(PASSWORD);
    expect(await hasher.verify(PASSWORD, stored)).toEqual({ matches: true, rehash: false });
    for (const other of ['', PASSWORD.toUpperCase(), `${PASSWORD} `, PASSWORD.slice(0, -1)])
      expect(await hasher.verify(other, stored), other).toEqual({ matches: false, rehash: false });
  });

  test.each([
    ['composed and decomposed', 'caf\u00e9 au lait, encore', 'cafe\u0301 au lait, encore'],
    ['a ligature and its letters', '\ufb01ne weather for sailing', 'fine weather for sailing'],
    ['full width and ASCII', '\uff53\uff41\uff4c\uff54 and pepper here', 'salt and pepper here'],
  ])('is the same password from any keyboard: %s', async (_, here, there) => {
    expect((await hasher.verify(there, await hasher.hash(here))).matches).toBe(true);
    expect((await hasher.verify(here, await hasher.hash(there))).matches).toBe(true);
  });

  test('takes every byte: none is cut at 72 bytes or at a NUL', async () => {
    const long = 'x'.repeat(300);
    const pairs: [string, string][] = [
      [`${long}a`, `${long}b`],
      [long, `${long}x`],
      ['before\0after', 'before\0other'],
      ['before\0after', 'before'],
      ['\0', ''],
    ];
    for (const [password, other] of pairs) {
      const stored = await hasher.hash(password);
      expect((await hasher.verify(password, stored)).matches).toBe(true);
      expect((await hasher.verify(other, stored)).matches, JSON.stringify(other)).toBe(false);
    }
  });

  test('opens for the password it was made of, whatever that is', async () => {
    const opens = fc.asyncProperty(anyText({ maxLength: 100 }), async (password) => {
      const { matches } = await hasher.verify(password, await hasher.hash(password));
      expect(matches).toBe(true);
    });
    await fc.assert(opens, { numRuns: 50 });
  });
});

describe('a right password asks for a new hash', () => {
  test.each([
    ['never for the present form and cost', V2, 'password', 5, false],
    ['when its cost is lower than new ones', V2, 'password', 6, true],
    ['never when its cost is higher: that would weaken it', V2, 'password', 4, false],
    ['when it is of version 1', V1, 'password', 5, true],
    ['when it is of version 1, even at a higher cost', V1, 'password', 4, true],
    ['when it is plain bcrypt', PLAIN, 'U*U*U', 5, true],
    ['when it is plain bcrypt, even at a higher cost', PLAIN, 'U*U*U', 4, true],
  ])('%s', async (_, stored, password, cost, rehash) => {
    const ours = createHasher({ cost });
    onTestFinished(() => ours.close());
    expect(await ours.verify(password, stored)).toEqual({ matches: true, rehash });
    expect(await ours.verify('wrong', stored)).toEqual({ matches: false, rehash: false });
  });
});

describe('every attempt costs exactly one computation', () => {
  test.each([
    ['no account or no password', undefined],
    ['an empty hash', ''],
    ['a locked account of /etc/shadow', '!'],
    ['a failed crypt(3)', '*0'],
    ['a hash of another kind', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub'],
    ['a corrupt hash', '$bcrypt-sha256$v=2,t=2b,r=4$short$short'],
    ['a cost that would take years', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['plain bcrypt', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['version 1', '$bcrypt-sha256$2a,5$E/e/2AOhqM5W/KJTFQzLce$F6dYSxOdAEoJZO2eoHUZWZljW/e0TXO'],
    ['version 2', '$bcrypt-sha256$v=2,t=2b,r=5$E/e/2AOhqM5W/KJTFQzLce$WFPIZKtDDTriqWwlmRFfHiOTeheAZWe'],
    ['a megabyte of noise', '$'.repeat(1_000_000)],
  ])('for %s', async (_, stored) => {
    const before = hasher.computations();
    expect(await hasher.verify('wrong', stored)).toEqual({ matches: false, rehash: false });
    expect(hasher.computations() - before).toBe(1);
  });

  test.each([
    ['for no account', undefined, 'wrong', 2 ** 7],
    ['for a corrupt hash', '$bcrypt-sha256$v=2,t=2b,r=7$short$short', 'wrong', 2 ** 7],
    ['for plain bcrypt of a lower cost', PLAIN, 'wrong', 2 ** 7],
    ['for plain bcrypt of a lower cost that opens', PLAIN, 'U*U*U', 2 ** 7],
    ['for plain bcrypt, with a password whose other form nobody tries', PLAIN, '\ufb01ne', 2 ** 7],
    ['for version 1 of a lower cost', V1, 'wrong', 2 ** 7],
    ['for version 2 of a lower cost', V2, 'wrong', 2 ** 7],
    ['for version 2 of a lower cost that opens', V2, 'password', 2 ** 7],
    ['for the lowest cost there is', PLAIN.replace('$05$', '$04$'), 'wrong', 2 ** 7],
    ['for the same cost', PLAIN.replace('$05$', '$07$'), 'wrong', 2 ** 7],
    [
      'more for a higher cost, which cannot be tried with less',
      PLAIN.replace('$05$', '$08$'),
      'wrong',
      2 ** 8,
    ],
  ])('of the work of a new hash, %s', async (_, stored, password, work) => {
    const ours = createHasher({ cost: 7 });
    onTestFinished(() => ours.close());
    await ours.verify(password, stored);
    expect([ours.computations(), ours.rounds()]).toEqual([1, work]);
  });

  test('and one computation makes a new hash', async () => {
    const before = hasher.computations();
    await hasher.hash(PASSWORD);
    expect(hasher.computations() - before).toBe(1);
  });
});

describe('a full queue', () => {
  test('answers busy at once, with the seconds to wait, while the queued ones still finish', async () => {
    const ours = createHasher({ cost: 4 });
    onTestFinished(() => ours.close());
    const stored = await ours.hash(PASSWORD);
    const before = ours.computations();
    const refusals: Failure[] = [];
    let computedBeforeRefusals = 0;
    const attempts = Array.from({ length: 60 * availableParallelism() }, (_, index) =>
      (index % 2 === 0 ? ours.hash(PASSWORD) : ours.verify(PASSWORD, stored)).then(
        () => 'finished' as const,
        (error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          refusals.push(error);
          computedBeforeRefusals = ours.computations() - before;
          return 'refused' as const;
        },
      ),
    );
    const outcomes = await Promise.all(attempts);

    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals) expect(refusal).toMatchObject({ reason: 'busy', retryAfter: 5 });
    expect(computedBeforeRefusals).toBe(0);
    const finished = outcomes.filter((outcome) => outcome === 'finished').length;
    expect(finished).toBeGreaterThanOrEqual(40);
    expect(ours.computations() - before).toBe(finished);
    expect((await ours.verify(PASSWORD, stored)).matches).toBe(true);
  });
});
