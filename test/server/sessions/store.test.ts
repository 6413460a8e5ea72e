import { describe, expect, test } from 'vitest';
import { createChanges } from '../../../server/lib/changes.ts';
import { revokeSession } from '../../../server/sessions/revocation-store.ts';
import { findSession, rotateSession, touchSession } from '../../../server/sessions/store.ts';
import { createRevocations } from '../../../server/sessions/revocations.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { createWorld } from '../../support/world.ts';

const origin = { ip: '203.0.113.7', userAgent: 'Test/1.0' };

/** A session as one call read it, and as another call has revoked it since. */
async function readThenRevoked() {
  const world = await createWorld();
  await world.visitor().register();
  const { db } = world.app.deps;
  const { id } = await db.selectFrom('sessions').select('id').executeTakeFirstOrThrow();
  const stale = await findSession(db, id);
  if (!stale) throw new Error('no session');
  const now = world.clock.now();
  await revokeSession(db, { id, reason: 'signed_out', now });
  return { db, stale, now };
}

describe('a session that was revoked after it was read', () => {
  test('is not rotated', async () => {
    const { db, stale, now } = await readThenRevoked();
    expect(await rotateSession(db, stale, { now, grace: 30_000, origin })).toBeUndefined();
    expect((await findSession(db, stale.id))?.generation).toBe(0);
  });

  test('is not answered again', async () => {
    const { db, stale, now } = await readThenRevoked();
    expect(await touchSession(db, stale.id, now)).toBeUndefined();
  });
});

describe('the revocations in memory', () => {
  test('are bounded by their time, also when one is reported again and again', () => {
    const revocations = createRevocations(HOUR, createChanges());
    for (let minute = 0; minute < 10_000; minute += 1) {
      revocations.add({ id: 'always the same', at: minute * MINUTE, reason: 'signed_out' });
      revocations.add({ id: `another ${minute}`, at: minute * MINUTE, reason: 'signed_out' });
    }
    expect(revocations.size()).toBeLessThanOrEqual(63);
  });
});
