import { describe, expect, test } from 'vitest';
import { connect, type Db } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { seal, unseal } from '../../../server/keys/sealing.ts';
import { loadSigningKeys } from '../../../server/keys/signing-keys.ts';
import { createTestClock } from '../../support/clock.ts';

const clock = createTestClock();

async function freshDatabase(): Promise<Db> {
  const db = connect(':memory:');
  await migrate(db);
  return db;
}

describe('the signing key', () => {
  test('is made once and found again', async () => {
    const db = await freshDatabase();
    const first = await loadSigningKeys(db, { secrets: ['one'], clock });
    const again = await loadSigningKeys(db, { secrets: ['one'], clock });
    expect(again.kid).toBe(first.kid);
  });

  test('is one, when two processes start on an empty database at once', async () => {
    const db = await freshDatabase();
    const [a, b] = await Promise.all([1, 2].map(() => loadSigningKeys(db, { secrets: ['one'], clock })));
    expect(a?.kid).toBe(b?.kid);
  });

  test('does not stand readable in the database', async () => {
    const db = await freshDatabase();
    await loadSigningKeys(db, { secrets: ['one'], clock });
    const rows = await db.selectFrom('signing_keys').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('"d"');
    expect(JSON.stringify(rows)).not.toContain('\\"d\\"');
  });

  test('survives a rotation of the secret, and then no longer needs the old one', async () => {
    const db = await freshDatabase();
    const { kid } = await loadSigningKeys(db, { secrets: ['old'], clock });
    await loadSigningKeys(db, { secrets: ['new', 'old'], clock });
    expect((await loadSigningKeys(db, { secrets: ['new'], clock })).kid).toBe(kid);
  });

  test('that no secret opens stops the start rather than signing everybody out', async () => {
    const db = await freshDatabase();
    await loadSigningKeys(db, { secrets: ['lost'], clock });
    await expect(loadSigningKeys(db, { secrets: ['other'], clock })).rejects.toThrow(/^AUTH_SECRET:/);
  });

  test('is published without its private part', async () => {
    const { jwks, kid } = await loadSigningKeys(await freshDatabase(), { secrets: ['one'], clock });
    expect(jwks.keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid,
        alg: 'ES256',
        use: 'sig',
      },
    ]);
  });
});

describe('a sealed value', () => {
  test('opens only with its secret and its name, and only unchanged', () => {
    const sealed = seal('secret', 'name', 'plaintext');
    expect(unseal('secret', 'name', sealed)).toBe('plaintext');
    expect(unseal('other', 'name', sealed)).toBeUndefined();
    expect(unseal('secret', 'other', sealed)).toBeUndefined();
    expect(unseal('secret', 'name', `A${sealed.slice(1)}`.replace(/^AA/, 'BA'))).toBeUndefined();
    expect(unseal('secret', 'name', '')).toBeUndefined();
  });

  test('never looks the same twice', () => {
    expect(seal('secret', 'name', 'plaintext')).not.toBe(seal('secret', 'name', 'plaintext'));
  });
});
