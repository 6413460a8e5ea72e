import { describe, expect, test } from 'vitest';
import { publishNextKey, withdrawKey } from '../../../server/keys/rotation.ts';
import { LEAD, SHORT_LEAD } from '../../../server/keys/schedule.ts';
import { createTestClock, DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { takeLastingDatabase } from '../../support/database.ts';
import { createRing, freshDatabase, readKeys, type Ring } from '../../support/key-ring.ts';
import { watchStatements } from '../../support/statements.ts';

/** By command, on the database of that ring. */
async function rotate({ settings }: Ring, lead = LEAD): Promise<string> {
  const key = await publishNextKey(settings, { lead, isDue: () => true });
  if (!key) throw new Error('no key was made');
  return key.kid;
}

async function withdraw({ settings: { db, clock } }: Ring, kid: string): Promise<string> {
  return db.transaction().execute((trx) => withdrawKey(trx, kid, clock.now()));
}

/** Two processes on one file, and the clock of the machine. */
async function createTwo(): Promise<[Ring, Ring, ReturnType<typeof createTestClock>]> {
  const url = await takeLastingDatabase();
  const clock = createTestClock();
  const one = await createRing({ clock, db: await freshDatabase(url) });
  return [one, await createRing({ clock, db: await freshDatabase(url) }), clock];
}

describe('the first key', () => {
  test('is made once and found again', async () => {
    const ring = await createRing();
    const again = await createRing(ring.settings);
    expect(await again.signer()).toBe(await ring.signer());
    expect(ring.kids()).toHaveLength(1);
  });

  test('is one, when two processes start on an empty database at once', async () => {
    const db = await freshDatabase();
    const [a, b] = await Promise.all([createRing({ db }), createRing({ db })]);
    expect(await a.signer()).toBe(await b.signer());
    expect(await db.selectFrom('signing_keys').select('kid').execute()).toHaveLength(1);
  });

  test.each([
    ['ES256', { kty: 'EC', crv: 'P-256', x: expect.stringMatching(/^[\w-]{43}$/), y: expect.any(String) }],
    // 3072 bits are 384 bytes, in base64url 512 characters.
    ['RS256', { kty: 'RSA', e: 'AQAB', n: expect.stringMatching(/^[\w-]{512}$/) }],
    ['EdDSA', { kty: 'OKP', crv: 'Ed25519', x: expect.stringMatching(/^[\w-]{43}$/) }],
  ] as const)(
    'is of the algorithm %s when that is configured, and published without its private part',
    async (alg, members) => {
      const ring = await createRing({ alg });
      const kid = await ring.signer();
      expect(await ring.signing()).toMatchObject({ alg });
      expect(readKeys(ring)).toEqual([{ ...members, kid, alg, use: 'sig' }]);
    },
  );

  test.each(['ES256', 'RS256', 'EdDSA'] as const)(
    '%s does not stand readable in the database',
    async (alg) => {
      const { settings } = await createRing({ alg });
      const rows = JSON.stringify(await settings.db.selectFrom('signing_keys').selectAll().execute());
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(rows).not.toContain(`"${member}\\"`);
      expect(rows).toContain('kty\\"');
    },
  );
});

describe('by schedule', () => {
  test('the next key is published an hour before it signs, and the old one goes when its last token has expired', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    const old = await ring.signer();
    const after = async (milliseconds: number) => {
      clock.advance(milliseconds);
      await ring.tend();
      return { published: ring.kids(), signer: await ring.signer() };
    };

    expect(await after(30 * DAY - HOUR - 1)).toEqual({ published: [old], signer: old });
    const { published, signer } = await after(1);
    const [, next = ''] = published;
    expect({ published, signer }).toEqual({ published: [old, next], signer: old });
    expect(next).not.toBe(old);
    expect(await after(HOUR - 1)).toEqual({ published: [old, next], signer: old });
    expect(await after(1)).toEqual({ published: [old, next], signer: next });
    expect(await after(HOUR + 5 * MINUTE - 1)).toEqual({ published: [old, next], signer: next });
    expect(await ring.find(old)).toBeDefined();
    expect(await after(1)).toEqual({ published: [next], signer: next });
    expect(await ring.find(old)).toBeUndefined();
  });

  test('the key begins to sign on the millisecond, without a look', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    const next = await rotate(ring);
    clock.advance(LEAD - 1);
    await ring.look();
    expect(await ring.signer()).not.toBe(next);
    const seen = watchStatements();
    clock.advance(1);
    expect(await ring.signer()).toBe(next);
    expect(seen.executed).toEqual([]);
  });

  test('one next key is made, however many processes find that it is time', async () => {
    const [one, two, clock] = await createTwo();
    clock.advance(30 * DAY);
    await Promise.all([one.tend(), two.tend(), one.tend(), two.tend()]);
    await Promise.all([one.look(), two.look()]);
    expect(one.kids()).toHaveLength(2);
    expect(two.kids()).toEqual(one.kids());
    expect(two.published()).toEqual(one.published());
  });

  test('nothing happens when rotation is off', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock, rotation: Infinity });
    clock.advance(4000 * DAY);
    await ring.tend();
    expect(ring.kids()).toHaveLength(1);
  });

  test('a server that was down for months publishes first and signs an hour later, like any other', async () => {
    const clock = createTestClock();
    const first = await createRing({ clock });
    clock.advance(100 * DAY);
    const ring = await createRing(first.settings);
    expect(ring.kids()).toHaveLength(2);
    expect(await ring.signer()).toBe(await first.signer());
    clock.advance(HOUR);
    expect(await ring.signer()).toBe(ring.kids()[1]);
  });

  test('a clock that was set back before every key leaves one that signs', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    clock.advance(-DAY);
    expect(await ring.signer()).toBe(ring.kids()[0]);
    expect(await (await createRing(ring.settings)).signer()).toBe(ring.kids()[0]);
  });
});

describe('another algorithm', () => {
  test('is published at the start and signs an hour later', async () => {
    const clock = createTestClock();
    const { settings } = await createRing({ clock });
    const ring = await createRing({ ...settings, alg: 'EdDSA' });
    expect(readKeys(ring).map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA']);
    expect((await ring.signing()).alg).toBe('ES256');
    clock.advance(HOUR - 1);
    expect((await ring.signing()).alg).toBe('ES256');
    clock.advance(1);
    expect((await ring.signing()).alg).toBe('EdDSA');
  });

  test('is asked for once, also by starts that follow each other', async () => {
    const { settings } = await createRing();
    for (let start = 0; start < 3; start += 1)
      expect((await createRing({ ...settings, alg: 'EdDSA' })).kids()).toHaveLength(2);
  });

  test('does not make two processes answer each other for ever', async () => {
    const clock = createTestClock();
    const one = await createRing({ clock });
    const two = await createRing({ ...one.settings, alg: 'EdDSA' });
    for (let minute = 0; minute < 180; minute += 1) {
      clock.advance(MINUTE);
      await one.tend();
      await two.tend();
    }
    expect(readKeys(one).map(({ alg }) => alg)).toEqual(['EdDSA']);
  });

  test('that nobody knows stops the start: no row may choose how tokens are verified', async () => {
    const { settings } = await createRing();
    await settings.db.updateTable('signing_keys').set({ alg: 'HS256' }).execute();
    await expect(createRing({ ...settings, alg: 'ES256' })).rejects.toThrow(/unknown algorithm: HS256$/);
  });
});

describe('another process', () => {
  test('publishes a key, and a token of it is known here before the next look', async () => {
    const [here, elsewhere] = await createTwo();
    const kid = await rotate(elsewhere);
    expect(here.kids()).not.toContain(kid);
    expect(await here.find(kid)).toMatchObject({ alg: 'ES256' });
    expect(here.kids()).toContain(kid);
  });

  test('is asked about unknown keys once a second, whatever strangers invent', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    const seen = watchStatements();
    for (let round = 0; round < 100; round += 1) expect(await ring.find(`invented-${round}`)).toBeUndefined();
    expect(seen.executed).toHaveLength(1);
    clock.advance(SECOND - 1);
    await ring.find('invented');
    expect(seen.executed).toHaveLength(1);
    clock.advance(1);
    await ring.find('invented');
    expect(seen.executed).toHaveLength(2);
  });

  test('takes a key out, and it is not accepted here after the next look', async () => {
    const [here, elsewhere, clock] = await createTwo();
    const old = await here.signer();
    const next = await rotate(elsewhere, SHORT_LEAD);
    clock.advance(SHORT_LEAD);
    await here.look();
    expect(await withdraw(elsewhere, old)).toBe('withdrawn');
    expect(await here.find(old)).toBeDefined();
    await here.look();
    expect(await here.find(old)).toBeUndefined();
    expect(here.kids()).toEqual([next]);
  });

  test.each([
    ['signs with nothing', async (here: Ring, old: string) => (await here.signer()) !== old],
    ['accepts nothing', async (here: Ring, old: string) => (await here.find(old)) === undefined],
  ])('is followed at once by one that was stopped for a while: it %s of before', async (_, isOver) => {
    const [here, elsewhere, clock] = await createTwo();
    const old = await here.signer();
    clock.advance(1);
    await here.look();
    await rotate(elsewhere, 0);
    expect(await withdraw(elsewhere, old)).toBe('withdrawn');
    // Less than a key is published ahead: whoever is behind by that much has missed none that signs.
    clock.advance(SHORT_LEAD - 500);
    expect(await isOver(here, old)).toBe(false);
    clock.advance(1);
    expect(await isOver(here, old)).toBe(true);
  });

  test('publishes a key, and of many tokens of it that come at once none is refused', async () => {
    const [here, elsewhere] = await createTwo();
    const kid = await rotate(elsewhere, 0);
    const found = await Promise.all([1, 2, 3].map(() => here.find(kid)));
    expect(found.map((key) => key?.alg)).toEqual(['ES256', 'ES256', 'ES256']);
  });

  test('causes one statement a look, and no import, while nothing has changed', async () => {
    const ring = await createRing();
    const before = await ring.find(await ring.signer());
    const seen = watchStatements();
    await ring.look();
    expect(seen.executed).toHaveLength(1);
    expect(await ring.find(await ring.signer())).toBe(before);
  });
});

describe('a key that is taken out', () => {
  test('is never the one that signs, nor one that is about to', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    const old = await ring.signer();
    expect(await withdraw(ring, old)).toBe('signing');
    const next = await rotate(ring, SHORT_LEAD);
    expect(await withdraw(ring, next)).toBe('signing');
    clock.advance(SHORT_LEAD);
    expect(await withdraw(ring, next)).toBe('signing');
    expect(await withdraw(ring, old)).toBe('withdrawn');
    expect(await withdraw(ring, old)).toBe('unknown');
  });

  test('may be the next one: the one that signs goes on', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    const next = await rotate(ring);
    expect(await withdraw(ring, next)).toBe('withdrawn');
    clock.advance(HOUR);
    expect(await ring.signer()).toBe(ring.kids()[0]);
    expect(ring.kids()).not.toContain(next);
  });
});

describe('AUTH_SECRET', () => {
  test('is rotated: every key is sealed again, and then no longer needs the old secret', async () => {
    const clock = createTestClock();
    const first = await createRing({ clock, secrets: ['old'] });
    await rotate(first, SHORT_LEAD);
    clock.advance(SHORT_LEAD);
    await rotate(first);
    // One that has signed, one that signs, one that will.
    const { settings } = await createRing({ ...first.settings, secrets: ['new', 'old'] });
    const ring = await createRing({ ...settings, secrets: ['new'] });
    expect(ring.kids()).toHaveLength(3);
    clock.advance(LEAD);
    expect(await ring.signer()).toBe(ring.kids()[2]);
    await expect(createRing({ ...settings, secrets: ['old'] })).rejects.toThrow(/^AUTH_SECRET:/);
  });

  test.each([
    ['signs', 0],
    ['will sign', 1],
  ])(
    'that does not open a key that %s stops the start rather than signing everybody out',
    async (_, index) => {
      const ring = await createRing();
      await rotate(ring);
      await ring.look();
      await spoil(ring, ring.kids()[index]);
      await expect(createRing(ring.settings)).rejects.toThrow(/^AUTH_SECRET:/);
    },
  );

  test('may have forgotten a key that only verifies', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock });
    const old = await ring.signer();
    const next = await rotate(ring, SHORT_LEAD);
    clock.advance(SHORT_LEAD);
    await spoil(ring, old);
    const again = await createRing(ring.settings);
    expect(await again.signer()).toBe(next);
    expect(await again.find(old)).toBeDefined();
    expect(again.logLines).toEqual([]);
  });

  test('of another process seals a key that nobody here can use: the one before it goes on, and the log says so', async () => {
    const clock = createTestClock();
    const ring = await createRing({ clock, secrets: ['old'] });
    const old = await ring.signer();
    const next = await rotate({ ...ring, settings: { ...ring.settings, secrets: ['new', 'old'] } });
    await ring.look();
    clock.advance(LEAD);
    expect(await ring.signer()).toBe(old);
    expect(await ring.find(next)).toBeDefined();
    expect(ring.logLines.filter((line) => line.includes(next))).toHaveLength(1);
  });

  test('that opens nothing makes no key either: the others could not open it', async () => {
    const ring = await createRing();
    const stranger = { ...ring, settings: { ...ring.settings, secrets: ['stranger'] as const } };
    await expect(rotate(stranger)).rejects.toThrow(/^AUTH_SECRET:/);
    await ring.look();
    expect(ring.kids()).toHaveLength(1);
  });
});

async function spoil({ settings }: Ring, kid = ''): Promise<void> {
  const spoilt = settings.db.updateTable('signing_keys').set({ sealed_private_jwk: 'AAAA' });
  await spoilt.where('kid', '=', kid).execute();
}
