import { describe, expect, test } from 'vitest';
import { disableAccount } from '../../server/flows/switch-account.ts';
import { listSessions, readAccount } from '../support/accounts.ts';
import { SECOND } from '../support/clock.ts';
import { outcomeOf } from '../support/reasons.ts';
import { refuseWrites } from '../support/refused-writes.ts';
import { listEvents } from '../support/security-events.ts';
import { createWorld, GOOD_PASSWORD, type Visitor, type World } from '../support/world.ts';

const EMAIL = 'ada@example.com';
const change = { currentPassword: GOOD_PASSWORD, newPassword: 'another lantern, another night' };

async function begin() {
  const world = await createWorld();
  const laptop = world.visitor();
  await laptop.register(EMAIL);
  world.clock.advance(1);
  const phone = world.visitor();
  await phone.signIn(EMAIL);
  world.clock.advance(SECOND);
  return { world, laptop, phone };
}

type Devices = Awaited<ReturnType<typeof begin>>;

const DEEDS: [string, (devices: Devices) => Promise<unknown>][] = [
  ['registering', ({ world }) => world.visitor().register('grace@example.com')],
  ['signing in', ({ world }) => world.visitor().signIn(EMAIL)],
  ['signing out', ({ laptop }) => laptop.api.auth.logout()],
  [
    'ending one session',
    async ({ world, laptop }) => laptop.api.sessions.revoke({ id: await phoneId(world) }),
  ],
  ['ending all others', ({ laptop }) => laptop.api.sessions.revokeOthers()],
  ['changing the password', ({ laptop }) => laptop.api.account.changePassword(change)],
  [
    'disabling the account',
    ({ world }) => disableAccount(world.app.deps, { email: EMAIL, origin: { ip: '', userAgent: '' } }),
  ],
  [
    'reuse',
    async ({ world, laptop }) => {
      const thief: Visitor = Object.assign(world.visitor(), { cookie: laptop.cookie });
      await laptop.api.auth.refresh();
      world.clock.advance(31 * SECOND);
      await thief.api.auth.refresh();
    },
  ],
];

async function phoneId(world: World): Promise<string> {
  return (await listSessions(world))[1]?.id ?? '';
}

async function stateOf({ world }: Devices) {
  const sessions = await listSessions(world);
  return {
    accounts: await world.app.deps.db.selectFrom('accounts').selectAll().execute(),
    revoked: sessions.map(({ id, revoked_at, revoked_reason }) => ({ id, revoked_at, revoked_reason })),
    notices: await world.app.deps.db.selectFrom('notices').selectAll().execute(),
  };
}

describe('a deed and its record', () => {
  test.each(DEEDS)('%s happens not at all when it cannot be recorded', async (_, deed) => {
    const devices = await begin();
    const { db } = devices.world.app.deps;
    await refuseWrites(db, 'insert', 'security_events');
    const before = await stateOf(devices);
    await expect(deed(devices)).rejects.toThrow();
    expect(await stateOf(devices)).toEqual(before);
    expect(await outcomeOf(devices.phone.api.auth.me())).toBe('succeeded');
  });
});

test('a record says who, what, which session, where and when', async () => {
  const { world, phone } = await begin();
  const account = await readAccount(world, EMAIL);
  await phone.api.auth.logout();
  expect((await listEvents(world)).at(-1)).toEqual({
    id: expect.any(String),
    account_id: account.id,
    kind: 'signed_out',
    session_id: await phoneId(world),
    ip: '203.0.113.7',
    user_agent: 'Test/1.0',
    created_at: world.clock.now(),
  });
});
